// Registers before the application is created, and closes when it shuts down.
import 'reflect-metadata';
import { metrics } from '@metrics/core';
import { StatsdMetricsBackend } from '@metrics/statsd';
import { Controller, Get, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port: Number(process.env.PORT_OF_SERVER ?? 8125) }), {
  prefix: 'consumer.',
});

@Controller('jobs')
class JobsController {
  @Get()
  start(): string {
    metrics.incr('jobs.started');
    return 'started';
  }
}

@Injectable()
class MetricsShutdown implements OnApplicationShutdown {
  async onApplicationShutdown(): Promise<void> {
    await metrics.close();
    console.log(`${metrics.stats().backend.sent} sent`);
  }
}

@Module({ controllers: [JobsController], providers: [MetricsShutdown] })
class AppModule {}

void NestFactory.create(AppModule).then(async (app) => {
  app.enableShutdownHooks();
  await app.listen(process.env.PORT ?? 3000);
  // NestJS itself prints that it has started before it listens.
  console.log(`listening on ${await app.getUrl()}`);
});
