#!/usr/bin/env node
// CommonJS, as Node's loader of modules starts the thread pool, whose size can only be set before. Compression fills it; more threads
// than cores would only hold more memory.
const { closeSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { isatty } = require('node:tty')

process.env.UV_THREADPOOL_SIZE ??= String(Math.min(4, Math.max(2, availableParallelism())))

const terminals = [0, 1, 2].filter(isatty)

import('../dist/cli.js').then(async ({ main }) => {
  process.exitCode = await main(process)
  // Node restores its terminal at exit and aborts where that is gone (node::ResetStdio); files that are closed it leaves alone.
  for (const fd of terminals) if (!isatty(fd)) closeSync(fd)
})
