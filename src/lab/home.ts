import { join } from 'node:path'
import { homeFolder } from '../core/home.js'

type Env = Readonly<Record<string, string | undefined>>

/** The folder that holds every lab and the shared jars: `$SPILLWAY_LAB`, else `lab` in Spillway's home. */
export const labHome = (env: Env): string => env.SPILLWAY_LAB || join(homeFolder(env), 'lab')
