import { certificateMakerContract } from '../../../test/contracts/certificate-maker.ts'
import { createCertificateMaker } from './certificate-maker.ts'

certificateMakerContract('createCertificateMaker()', createCertificateMaker)
