import { contentCoderContract } from '../../../test/contracts/content-coder.ts'
import { createContentCoder } from './content-coder.ts'

contentCoderContract('createContentCoder()', createContentCoder)
