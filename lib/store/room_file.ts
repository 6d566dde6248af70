import { concatBytes, encodeHex } from "../base/bytes.ts";
import { checkName } from "../chat/name.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { createDataDir, dataFilePath } from "./data_dir.ts";

/** One person's stay with one server. */
export interface RoomOwner {
  /** The server's key. */
  readonly identity: Uint8Array;
  /** The name, as it was typed. */
  readonly name: string;
}

/**
 * Names the file in which a client keeps a room, and makes its folder. Names
 * that are one for the server are one here; who looks at the folder learns
 * neither server nor name.
 *
 * @param dataDir The data folder.
 * @param crypto The hash.
 * @param owner Whose stay, and where.
 * @returns The file's path.
 * @throws {Deno.errors.PermissionDenied} Or another error of the file system,
 *   if the folder cannot be made.
 */
export function roomFilePath(
  dataDir: string,
  crypto: Pick<CryptoProvider, "hash">,
  { identity, name }: RoomOwner,
): string {
  const folder = dataFilePath(dataDir, "rooms");
  createDataDir(folder);
  const check = checkName(name);
  const key = check.type === "valid" ? check.name.key : name;
  const input = concatBytes(LABEL, identity, new TextEncoder().encode(key));
  const separator = Deno.build.os === "windows" ? "\\" : "/";
  return `${folder}${separator}${
    encodeHex(crypto.hash(HASH_BYTES, input))
  }.sqlite`;
}

/** Enough that two rooms never meet in one file. */
const HASH_BYTES = 16;
const LABEL = new TextEncoder().encode("gas room file\0");
