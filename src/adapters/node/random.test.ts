import { randomContract } from '../../../test/contracts/random.ts'
import { createSystemRandom } from './random.ts'

randomContract('createSystemRandom()', createSystemRandom)
