// The part of hot-shots that owns sockets, with exact types. Its entry point loads a whole StatsD client, of which this package
// uses nothing else; these two files load built-in modules only, and `unix-dgram` for a Unix socket.
declare module 'hot-shots/lib/transport.js' {
  interface TransportOwner {
    /** Called with the error if a transport cannot be created; without it, the error is printed. */
    readonly errorHandler: (error: Error) => void;
  }

  type TransportOptions =
    | { readonly protocol: 'udp'; readonly host: string; readonly port: number }
    | { readonly protocol: 'uds'; readonly path: string; readonly udsRetryOptions: { readonly retries: number } };

  interface Transport {
    /** Milliseconds since the epoch. */
    readonly createdAt: number;
    /** Calls back with the error of the socket, whose `code` is a negative number for Unix sockets; may throw. */
    send(packet: Buffer, callback: (error?: Error | null) => void): void;
    /** Throws if the socket is closed already. */
    close(): void;
    /** `listening` when the first packet of a UDP socket has bound it; `error` if it could not. */
    on(event: 'listening' | 'error', listener: (error: Error) => void): void;
    emit(event: 'error', error: Error): void;
  }

  /** Returns null if the transport cannot be created. */
  function createTransport(owner: TransportOwner, options: TransportOptions): Transport | null;
  export = createTransport;
}

declare module 'hot-shots/lib/constants.js' {
  /** Returns the codes of errors after which a Unix socket must be created again. */
  export function udsErrors(): (string | number)[];
}
