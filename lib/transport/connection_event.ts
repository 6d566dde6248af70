/** Why a connection ended. */
export type CloseReason =
  /** We closed it; `code` is the application's. */
  | { readonly type: "local"; readonly code: number; readonly reason: string }
  /** The peer's application closed it. */
  | {
    readonly type: "application";
    readonly code: number;
    readonly reason: string;
  }
  /** One side broke the protocol; `by` found it. */
  | {
    readonly type: "transport";
    readonly by: "local" | "peer";
    readonly code: number;
    readonly frameType: number;
    readonly reason: string;
  }
  /** Nothing came for the idle timeout. */
  | { readonly type: "idle" }
  /** Nobody answered the Hello. */
  | { readonly type: "silent" }
  /** The password was not proven in time. */
  | { readonly type: "loginTimeout" }
  /** The peer does not know this connection any more: it was restarted. */
  | { readonly type: "reset" }
  /** The server speaks only these versions. */
  | { readonly type: "version"; readonly supported: readonly number[] }
  /** A newer connection needed the place. */
  | { readonly type: "evicted" };

/** What a connection tells its application. */
export type ConnectionEvent =
  /** Client: the server showed its identity, 32 bytes. The login may start if the identity is the expected one. */
  | { readonly type: "identified"; readonly serverIdentity: Uint8Array }
  /** Bytes of the login arrived: `readAuth` returns them. */
  | { readonly type: "authReadable" }
  /** The password is proven on both sides; stream 0 is open. */
  | { readonly type: "established" }
  /** The peer opened a stream. */
  | { readonly type: "streamOpened"; readonly streamId: number }
  /** `readStream` returns bytes, or the end was reached. */
  | { readonly type: "streamReadable"; readonly streamId: number }
  /** So little waits to be acknowledged as `notifyDrained` asked for. */
  | { readonly type: "streamDrained"; readonly streamId: number }
  /** The peer cut its half of a stream off. */
  | {
    readonly type: "streamReset";
    readonly streamId: number;
    readonly code: number;
  }
  /** The peer does not read a stream any more; our half was cut off. */
  | {
    readonly type: "streamStopped";
    readonly streamId: number;
    readonly code: number;
  }
  /** An unreliable datagram arrived; `data` is the application's. */
  | { readonly type: "datagramReceived"; readonly data: Uint8Array }
  /** Sent packets have gone unanswered for a while, or are answered again. */
  | { readonly type: "pathUnresponsive" }
  | { readonly type: "pathResponsive" }
  /** The last event. */
  | { readonly type: "closed"; readonly reason: CloseReason };
