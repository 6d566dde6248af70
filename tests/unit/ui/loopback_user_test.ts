import { assertEquals } from "@std/assert";
import {
  isOtherUser,
  parseSocketOwner,
} from "../../../lib/ui/loopback_user.ts";

/** As Linux 6.1 prints it: a listener, both ends of one connection, a stranger. */
const TABLE = `\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:9C40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0000000000000000 100 0 0 10 0                     
   1: 0100007F:9C40 0100007F:A001 01 00000000:00000000 00:00000000 00000000  1000        0 31338 1 0000000000000000 20 4 30 10 -1                    
   2: 0100007F:A001 0100007F:9C40 01 00000000:00000000 02:000A7214 00000000  1001        0 31339 2 0000000000000000 20 4 1 10 -1                     
  10: 0100007F:A002 0100007F:9C41 01 00000000:00000000 00:00000000 00000000     0        0 31340 1 0000000000000000 20 4 30 10 -1                    
`;

Deno.test("parseSocketOwner() finds the owner of the connecting end", () => {
  const ends = { clientPort: 0xa001, serverPort: 0x9c40 };
  assertEquals(parseSocketOwner(TABLE, ends), 1001);
});

Deno.test("parseSocketOwner() does not know a connection that is not listed", () => {
  const ends = { clientPort: 0xa001, serverPort: 0x9c41 };
  assertEquals(parseSocketOwner(TABLE, ends), undefined);
  assertEquals(parseSocketOwner("", ends), undefined);
});

Deno.test("isOtherUser() knows our own connections as ours", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  using _server = await listener.accept();
  const clientPort = (client.localAddr as Deno.NetAddr).port;
  assertEquals(await isOtherUser({ clientPort, serverPort: port }), false);
});
