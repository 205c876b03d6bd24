import { testTutorial } from '../support/tutorial-test.ts'

testTutorial('gateway-responses')
