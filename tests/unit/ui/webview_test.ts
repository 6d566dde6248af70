import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { loadWebview, Webview } from "webview";
import {
  explainCreateFailure,
  explainLoadFailure,
  WindowUnavailableError,
} from "../../../lib/ui/window_unavailable.ts";

Deno.test("Webview cannot be made before a library is loaded", () => {
  assertThrows(() => new Webview(), TypeError, "loadWebview()");
});

Deno.test("loadWebview() says why a library cannot be loaded", async () => {
  const path = await Deno.makeTempFile({ suffix: ".so" });
  try {
    const error = assertThrows(
      () => loadWebview(path),
      WindowUnavailableError,
    );
    assertInstanceOf(error.cause, Error);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("explainLoadFailure() names the missing library and all packages", () => {
  for (const library of ["libwebkitgtk-6.0.so.4", "libvulkan.so.1"]) {
    assertEquals(
      explainLoadFailure(
        `Could not open library: ${library}: cannot open shared object ` +
          "file: No such file or directory",
        "linux",
      ),
      {
        type: "libraryMissing",
        library,
        debianPackages: ["libwebkitgtk-6.0-4", "libvulkan1"],
      },
    );
  }
});

Deno.test("explainLoadFailure() passes on what it does not know", () => {
  const detail = "Could not open library: version `GLIBC_2.33' not found";
  assertEquals(explainLoadFailure(detail, "linux"), { type: "failed", detail });
});

Deno.test("explainLoadFailure() does not take our own file for a system library", () => {
  const detail = "Could not open library: /home/u/lib/webview-0a.so: cannot " +
    "open shared object file: Permission denied";
  assertEquals(explainLoadFailure(detail, "linux"), { type: "failed", detail });
});

Deno.test("explainLoadFailure() means the Visual C++ runtime on Windows", () => {
  const { type } = explainLoadFailure(
    "LoadLibraryExW failed: The specified module could not be found.",
    "windows",
  );
  assertEquals(type, "visualCppRuntimeMissing");
});

Deno.test("explainCreateFailure() means the display on Linux", () => {
  assertEquals(explainCreateFailure("linux", undefined), {
    type: "noDisplay",
    display: undefined,
  });
  assertEquals(explainCreateFailure("linux", ":7"), {
    type: "noDisplay",
    display: ":7",
  });
});

Deno.test("explainCreateFailure() means the WebView2 runtime on Windows", () => {
  assertEquals(
    explainCreateFailure("windows", undefined).type,
    "webView2Missing",
  );
});
