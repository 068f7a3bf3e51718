// @ts-check
// An intake of Datadog in its own process: reports what arrived since the last request.
import { RecordingIntake } from '@metrics/testing/servers';

const intake = await RecordingIntake.start();
process.on('message', () => {
  const delivered = intake.series.length + intake.values('size').length;
  const heaviest = intake.requests.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const { requests, violations } = intake;
  process.send?.({ delivered, requests: requests.length, heaviest, violations: violations.length });
  intake.clear();
});
process.once('disconnect', () => void intake.stop());
process.send?.({ url: intake.url, ca: intake.ca });
