package formats

// An overpunched number has its sign in its last digit, as punched cards had
// it: a second hole above the digit. { and A to I are +0 to +9, } and J to R
// are -0 to -9.

// punched reads a digit with a sign.
func punched(b byte) (digit byte, negative, ok bool) {
	switch {
	case b == '{':
		return 0, false, true
	case b >= 'A' && b <= 'I':
		return b - 'A' + 1, false, true
	case b == '}':
		return 0, true, true
	case b >= 'J' && b <= 'R':
		return b - 'J' + 1, true, true
	}
	return 0, false, false
}

// punch writes a digit with a sign.
func punch(digit byte, negative bool) byte {
	switch {
	case digit == 0 && negative:
		return '}'
	case digit == 0:
		return '{'
	case negative:
		return 'J' + digit - 1
	}
	return 'A' + digit - 1
}
