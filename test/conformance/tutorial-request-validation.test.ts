import { testTutorial } from '../support/tutorial-test.ts'

testTutorial('request-validation')
