Deno.test("the store's Worker takes no turn once it is closed, though its timers are due", async () => {
  const folder = await Deno.makeTempDir();
  const worker = new Worker(new URL("./closing_worker.ts", import.meta.url), {
    type: "module",
  });
  try {
    await new Promise((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage(`${folder}/chat.sqlite`);
    });
  } finally {
    worker.terminate();
    await Deno.remove(folder, { recursive: true });
  }
});
