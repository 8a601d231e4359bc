import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 60_000,
          // Cheap answers first; and brokers of the live tests leave no processor for a unit test's deadline.
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts', 'test/contract/**/*.test.ts', 'test/scenarios/**/*.test.ts'],
          globalSetup: ['test/live/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Real brokers on a shared machine: a second try, which the output shows as `(retry x1)`.
          retry: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
