import { setTimeout as timeout } from 'node:timers/promises'
import { clockContract } from '../../../test/contracts/clock.ts'
import { systemClock } from './clock.ts'

clockContract('systemClock', () => ({ clock: systemClock, pass: (ms) => timeout(ms) }))
