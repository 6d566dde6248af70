// @ts-self-types="./colors.d.ts"
export {
  blue,
  bold,
  brightBlue,
  brightCyan,
  brightGreen,
  brightMagenta,
  brightYellow,
  cyan,
  dim,
  green,
  magenta,
  red,
  stripAnsiCode,
  yellow,
} from "deno-std/fmt/colors.js";
