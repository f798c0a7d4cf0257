package workload

import "hash/crc32"

// CombineCRC returns the CRC-32 (IEEE) of two contents that follow each other. first and second are
// their CRC-32s, and size is the length of the second. So the parts of a file can be digested in any
// order.
//
// A CRC is the remainder of a polynomial. Bytes that follow multiply it by x^8 each, and adding the
// remainder of these bytes is an exclusive or. The initial and the final inversion of the CRC-32
// cancel out.
func CombineCRC(first, second uint32, size int64) uint32 {
	if first == 0 { // as of no content
		return second
	}
	return multiplyCRC(first, powerOfX8(size)) ^ second
}

// Polynomials have the coefficient of x^0 in the highest bit, as in package crc32.
const (
	crcOne = 1 << 31
	crcX8  = crcOne >> 8
)

// powerOfX8 returns the remainder of x^(8n).
func powerOfX8(n int64) uint32 {
	power, square := uint32(crcOne), uint32(crcX8)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			power = multiplyCRC(power, square)
		}
		square = multiplyCRC(square, square)
	}
	return power
}

// multiplyCRC returns the remainder of the product of two polynomials.
func multiplyCRC(a, b uint32) (product uint32) {
	for ; a != 0; a <<= 1 {
		if a&crcOne != 0 {
			product ^= b
		}
		carry := -(b & 1) & crc32.IEEE
		b = b>>1 ^ carry
	}
	return product
}
