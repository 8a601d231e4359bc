#!/usr/bin/env node
require('./thread-pool.js')

import('../dist/cli.js').then(async ({ main }) => {
  process.exitCode = await main(process)
})
