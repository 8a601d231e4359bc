import { createServer } from 'node:http'

/** Reads each body and answers 204. Prints its address. A request `GET /count` answers how many there were since the last one, and their seconds. */
let handled = 0
let first = 0
let last = 0

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify({ handled, seconds: (last - first) / 1000 }))
    handled = 0
    first = 0
    return
  }
  request.resume().on('end', () => {
    last = performance.now()
    if (handled++ === 0) first = last
    response.writeHead(204).end()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/\n`))
