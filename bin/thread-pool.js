// CommonJS, and before everything else: Node's loader of modules starts the thread pool, whose size can only be set before.
// Compression fills it; more threads than cores would only hold more memory.
const { availableParallelism } = require('node:os')

process.env.UV_THREADPOOL_SIZE ??= String(Math.min(4, Math.max(2, availableParallelism())))
