import { once } from 'node:events';
import http, { type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

const servers: Server[] = [];

/** Starts a server on a free port of this machine. */
export async function listen(server: Server | RequestListener): Promise<{ server: Server; port: number; url: string }> {
  const started = typeof server === 'function' ? http.createServer(server) : server;
  servers.push(started);
  started.listen(0, '127.0.0.1');
  await once(started, 'listening');
  const { port } = started.address() as AddressInfo;
  return { server: started, port, url: `http://127.0.0.1:${port}` };
}

export async function closeServers(): Promise<void> {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Sends text as it is, and resolves with the socket. It never has an error that ends the process. */
export async function sendRaw(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** A request without a body. */
export function requestText(path: string, method = 'GET', headers = ''): string {
  return `${method} ${path} HTTP/1.1\r\nHost: test\r\n${headers}\r\n`;
}
