// WebAssembly whatever type the server calls it: Pyodide compiles its core from the response, which a browser refuses
// unless the type is application/wasm, and Pyodide then waits for ever. Another type is compiled from the octets.

const plain = WebAssembly.instantiateStreaming;

WebAssembly.instantiateStreaming = async (source, imports) => {
  const response = await source;
  const type = response.headers.get("Content-Type") ?? "";
  if (!response.ok || /^application\/wasm$/i.test(type)) return plain.call(WebAssembly, response, imports);
  return WebAssembly.instantiate(await response.arrayBuffer(), imports);
};
