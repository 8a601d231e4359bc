import { expect, it } from 'vitest'
import { pom } from '../../../../src/lab/kafka/jars.js'
import { javaMajor } from '../../../../src/lab/kafka/java.js'

it.each([
  ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ['The operation couldn’t be completed. Unable to locate a Java Runtime.', 0],
])('reads the major version of %j as %i', (text, major) => {
  expect(javaMajor(text)).toBe(major)
})

it('asks Maven for the broker, its tools and MirrorMaker, with the logging that this release binds to', () => {
  expect(pom('4.1')).toContain('<artifactId>kafka_2.13</artifactId><version>4.1.2</version>')
  expect(pom('4.1')).toContain('<artifactId>connect-mirror</artifactId>')
  expect(pom('4.1')).toContain('log4j-slf4j-impl')
  expect(pom('3.9')).toContain('<artifactId>kafka-tools</artifactId><version>3.9.2</version>')
  expect(pom('3.9')).toContain('slf4j-reload4j')
})
