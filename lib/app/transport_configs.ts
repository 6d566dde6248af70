/**
 * How server and client use the transport.
 *
 * @module
 */

import { US_PER_S } from "../base/time.ts";
import { CloseCode } from "../chat/close_code.ts";
import {
  DEFAULT_TRANSPORT_CONFIG,
  type TransportConfig,
} from "../transport/transport_config.ts";

/** A server says why it ends a login (docs/PROTOCOL.md section 7.8). */
export const SERVER_TRANSPORT_CONFIG: TransportConfig = {
  ...DEFAULT_TRANSPORT_CONFIG,
  loginTimeoutCode: CloseCode.loginTimeout,
};

/** A client gives its server the time to say why. */
export const CLIENT_TRANSPORT_CONFIG: TransportConfig = {
  ...DEFAULT_TRANSPORT_CONFIG,
  loginTimeoutUs: DEFAULT_TRANSPORT_CONFIG.loginTimeoutUs + 3 * US_PER_S,
};
