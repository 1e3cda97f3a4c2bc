// Package audit is the independent auditor of the simulation: a second, small
// model of what the ledger must say, which shares no code with what it judges.
//
// It is told what people approved and decided, and which files appeared in the
// bank's inbox. It asks the bank's own books what the bank really did, looks
// into the bank's folders, and reads the ledger's SQLite file by its own SQL.
// Files it reads by columns of its own. After every night, Examine follows the
// ledger's chain from where it stopped, transaction by transaction, predicts
// from the facts every row that the transaction had to add, compares in both
// directions, and then looks at the whole: what the bank got and credited,
// where every wage is, what must have been collected by now.
//
// It refuses to import reconcile, reconcile/ledger, gateway or formats, and to
// believe the ledger about anything that it can know otherwise. From the ledger
// it takes three things: which reference stands for which deposit, the order
// in which things were entered, and the night in which that was; each of them
// is held against the transfer files and the chain. It never writes: the
// ledger is opened read-only, and closed when an examination ends.
//
// Where the books and this model disagree, the model is to be doubted as well.
// It follows DESIGN.md and the comments of the judge, not their code.
package audit
