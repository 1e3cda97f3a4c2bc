package simulate

// weather says how often things go wrong: in a hundred days, or in a hundred
// of what is named.
type weather struct {
	absent  int // the bank does not work
	hurried int // the bank works once more in the middle of the night
	packets int // the line breaks or falls silent in the middle of a packet
	server  int // the bank's server drops, refuses or is full
	down    int // the bank cannot be reached at all
	hostKey int // the bank changes its host key
	login   int // the bank refuses our login for some nights
	disk    int // our disk is full, or does not sync, for a while
	crash   int // the program dies
	acts    int // the program dies while a person does something
	again   int // of crashes: it is started again the same night
	cleaned int // somebody at the bank removes half-written files
	jump    int // the clock jumps
	courier int // of answer files: something happens to it on its way

	// What follows is drawn from a chance of its own, where ledgers may be lost.
	fragile int // courses in which the ledger may be lost
	lost    int // the ledger is lost
	backups int // a backup is made

	// And this from another one.
	erring int // courses in which people err
	slips  int // for each way to err: a person does

	deposit int // of 10,000 deposits, for each kind of fault: up to so many
	file    int // of 10,000 files and batches, likewise
}

func weatherOf(l Level) weather {
	switch l {
	case Light:
		return weather{absent: 10, hurried: 3, packets: 8, server: 5, down: 2, hostKey: 1, login: 1, disk: 2, crash: 5, acts: 2, again: 50, cleaned: 1, jump: 1, courier: 10, fragile: 30, lost: 2, backups: 15, erring: 30, slips: 4, deposit: 100, file: 200}
	case Heavy:
		return weather{absent: 25, hurried: 12, packets: 45, server: 30, down: 5, hostKey: 3, login: 3, disk: 12, crash: 35, acts: 12, again: 60, cleaned: 6, jump: 6, courier: 45, fragile: 60, lost: 6, backups: 20, erring: 60, slips: 12, deposit: 600, file: 1200}
	}
	return weather{}
}
