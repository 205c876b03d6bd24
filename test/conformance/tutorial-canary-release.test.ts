import { testTutorial } from '../support/tutorial-test.ts'

testTutorial('canary-release')
