package reconcile

import (
	"fmt"

	"bekal/reconcile/ledger"
)

// Code is a code of the bank and what it means.
type Code struct {
	Class    string
	Meaning  Text
	NextStep Text
}

// CodeBook knows the codes of a bank.
type CodeBook interface {
	// Response returns what a response code means; ok is false for a code
	// that is not in the bank's list.
	Response(code string) (c Code, ok bool)
	// Status returns what a status of a deposit means.
	Status(status string) (c Code, ok bool)
	// FileStatus returns what a status of a whole file means.
	FileStatus(status string) (c Code, ok bool)
}

// words says in both languages why a mismatch is one, and what to do next.
func words(m ledger.MismatchRow, codes CodeBook) (reason, next Text) {
	bank := bankWords(m, codes)
	expected, actual := moneyWord(m.ExpectedAmount), moneyWord(m.ActualAmount)
	switch Kind(m.Kind) {
	case Missing:
		return both("Sudah dikirim, belum dijawab bank sampai "+m.Detail+".", "Sent, and not answered by the bank until "+m.Detail+"."),
			both("Tanyakan kepada bank. Jangan membayar ulang: uang mungkin sudah sampai.", "Ask the bank. Do not pay again: the money may have arrived.")
	case Unknown:
		if m.Detail == DetailForgotten {
			return both("Bank menjawab pembayaran yang mungkin terlupakan: pembukuan ini dipulihkan dari cadangan.", "The bank answers a payment that these books may have forgotten: they were restored from a backup."),
				both("Jangan minta uang dikembalikan. Lihat `bekal hold show`; impor lagi daftar premi masa itu, lalu `bekal hold adopt`.", "Do not have the money returned. Look at `bekal hold show`; import the wage sheet of that time again, then `bekal hold adopt`.")
		}
		if m.Detail != "" {
			return both("Referensi ini milik batch lain, bukan batch yang dijawab berkas ini.", "The reference belongs to another batch than the one this file answers."),
				both("Tanyakan kepada bank batch mana yang dimaksud; bandingkan dengan setoran aslinya.", "Ask the bank which batch is meant; compare with the original deposit.")
		}
		return both("Bank menjawab referensi yang tidak pernah kita kirim.", "The bank answers a reference that we never sent."),
			both("Minta bukti transaksi kepada bank; bila uang bergerak, minta dikembalikan.", "Ask the bank for evidence; if money moved, have it returned.")
	case Amount:
		return both(fmt.Sprintf("Kita memesan %s, bank mencatat %s.", expected, actual), fmt.Sprintf("We ordered %s, the bank says %s.", expected, actual)),
			both("Minta bank membetulkan selisihnya; jangan membayar kekurangan sebelum bank menjawab.", "Have the bank correct the difference; do not pay a shortfall before it has answered.")
	case Account:
		if m.Detail == DetailElsewhere {
			return both("Jawaban bank ("+bank.Meaning.ID+") menyebut rekening lain dari yang kita pesan; mungkin untuk setoran lain. Setoran ini tidak diubah.", "The bank's answer ("+bank.Meaning.EN+") names another account than the one we ordered; it may be about another deposit. This one stays as it was."),
				both("Tanyakan kepada bank setoran mana yang dimaksud. Jangan membayar ulang sebelum dijawab.", "Ask the bank which deposit it means. Do not pay again before it has answered.")
		}
		return both("Bank memakai rekening lain dari yang kita pesan.", "The bank used another account than the one we ordered."),
			both("Minta bank menarik kembali dana dari rekening itu. Setoran tetap terbuka sampai diputuskan.", "Have the bank recall the money from that account. The deposit stays open until it is decided.")
	case Name:
		return both("Nama di bank berbeda dari nama di daftar.", "The name at the bank differs from the one on the roster."),
			both("Cocokkan dengan buku tabungan; betulkan daftar bila perlu. Uang sudah masuk.", "Compare with the passbook; correct the roster if need be. The money has arrived.")
	case Duplicate:
		return duplicateWords(m, codes)
	case Rejected:
		if m.DepositID == 0 {
			return both("Bank menolak seluruh berkas: "+bank.Meaning.ID, "The bank refused the whole file: "+bank.Meaning.EN), nextOr(bank, both("Perbaiki sebabnya, lalu ajukan pembayaran ulang.", "Remove the cause, then propose to pay again."))
		}
		return both("Tidak dibayar: "+bank.Meaning.ID, "Not paid: "+bank.Meaning.EN), nextOr(bank, both("Perbaiki sebabnya, lalu ajukan pembayaran ulang.", "Remove the cause, then propose to pay again."))
	case Returned:
		if m.Detail == DetailStray {
			return both("Uang yang salah rekening sudah kembali: "+bank.Meaning.ID, "What had gone to another account came back: "+bank.Meaning.EN),
				both("Tidak ada yang terutang: premi ini sudah dibayar ke rekening yang benar. Cocokkan dengan rekening koran.", "Nothing is owed: this wage was paid into the right account. Compare with the account statement.")
		}
		return both("Uang kembali: "+bank.Meaning.ID, "The money came back: "+bank.Meaning.EN), nextOr(bank, both("Premi terutang lagi: perbaiki datanya, lalu ajukan pembayaran ulang.", "The wage is owed again: correct the data, then propose to pay again."))
	case Pending:
		return both("Bank belum memutuskan: "+bank.Meaning.ID, "The bank has not decided: "+bank.Meaning.EN),
			both("Tunggu berkas hasil berikutnya. Jangan membayar ulang.", "Wait for the next settlement file. Do not pay again.")
	case Late:
		return both("Dibukukan bank pada "+dateWord(m.Detail)+", sesudah batas waktu.", "Posted by the bank on "+dateWord(m.Detail)+", after the window."),
			both("Tidak perlu tindakan untuk setoran ini; tegur bank bila berulang.", "Nothing to do for this deposit; take it up with the bank if it goes on.")
	case Control:
		if m.Field == "sequence" {
			return both("Nomor urut dalam berkas melompat: "+m.DetailID, "The running numbers of the file jump: "+m.Detail),
				both("Baris-barisnya sudah dibukukan, karena jumlah, total, dan hash cocok. Tanyakan kepada bank mengapa nomornya melompat.", "Its lines were posted, since count, total and hash agree. Ask the bank why the numbers jump.")
		}
		if m.Field == "file_status" {
			return both("Bank menolak seluruh berkas, padahal sudah menjawab bahwa setoran di dalamnya dibayar, sedang diproses, atau kembali. Penolakan ini tidak dibukukan.",
					"The bank refuses the whole file, though it has said of deposits in it that they were paid, are in progress, or came back. The refusal was not posted."),
				both("Jangan membayar ulang karena penolakan ini. Minta bank menjawab setiap setoran yang belum dijawab.", "Pay nothing again because of it. Ask the bank to answer each deposit that it has not answered.")
		}
		return both("Isi berkas tidak sesuai dengan jumlah kontrolnya: "+m.DetailID, "The file does not agree with its control figures: "+m.Detail),
			both("Tidak ada yang dibukukan dari berkas ini. Minta bank mengirim berkas yang benar dengan nama baru.", "Nothing of this file was posted. Ask the bank for a correct file under a new name.")
	case Unreadable:
		return both("Baris ini tidak dapat dibaca: "+m.DetailID, "The line cannot be read: "+m.Detail),
			both("Minta bank mengirim ulang jawaban untuk baris ini.", "Ask the bank to answer this line again.")
	}
	return both(m.Detail, m.Detail), Text{}
}

func duplicateWords(m ledger.MismatchRow, codes CodeBook) (reason, next Text) {
	if m.Detail == DetailConflict {
		return both("Bank menyatakan sudah pernah menerima referensi ini. Tidak ada yang dibukukan; setoran tetap terbuka.", "The bank says that it has had this reference before. Nothing was posted; it stays open."),
			both("Periksa dahulu sebelum membayar lagi: jawaban bank atas kiriman pertama yang menentukan.", "Look before paying again: the bank's answer to the first delivery decides.")
	}
	if m.Detail == DetailAcknowledged {
		return both("Bank menjawab berkas ini dua kali; jawaban kedua tidak dibukukan.", "The bank answers the file as a whole twice; the second answer was not posted."),
			both("Bandingkan kedua tanda terima; bila berbeda, tanyakan kepada bank mana yang berlaku.", "Compare both acknowledgements; if they differ, ask the bank which one holds.")
	}
	if m.DepositID == 0 {
		return both("Bank memakai nama berkas ini untuk kedua kalinya, dengan isi lain.", "The bank used this file name a second time, for other content."),
			both("Bandingkan kedua berkas di arsip; tanyakan kepada bank mana yang berlaku.", "Compare both files in the archive; ask the bank which one holds.")
	}
	if m.Detail == string(ledger.Rejected) && codes != nil {
		if c, ok := codes.Status(m.Status); ok && Class(c.Class) == ClassPaid {
			return both("Bank menolak setoran ini, lalu menyatakan sudah membayarnya. Jawaban kedua tidak dibukukan.", "The bank rejected this deposit, and then says that it paid it. The second answer was not posted."),
				both("Tanyakan kepada bank mana yang berlaku. Jangan membayar ulang: pembayaran ulang ditahan sampai dua orang menutup selisih ini.", "Ask the bank which of them holds. Do not pay it again: that is held back until two people have resolved this mismatch.")
		}
	}
	before := map[string]Text{
		string(ledger.Settled):     both("dibayar", "paid"),
		string(ledger.Rejected):    both("ditolak", "rejected"),
		string(ledger.Returned):    both("retur", "returned"),
		string(ledger.Misdirected): both("dibayar ke rekening lain", "paid into another account"),
	}[m.Detail]
	return both("Setoran ini dijawab dua kali; jawaban pertama: "+before.ID+". Jawaban kedua tidak dibukukan.", "The deposit is answered twice; first answer: "+before.EN+". The second one was not posted."),
		both("Periksa mutasi rekening: bila uang bergerak dua kali, minta bank mengembalikannya.", "Look at the account statement: if money moved twice, have the bank return it.")
}

// bankWords is what the bank's code says, or its status where the code is not
// in the list.
func bankWords(m ledger.MismatchRow, codes CodeBook) Code {
	if codes != nil {
		if c, ok := codes.Response(m.Code); ok {
			return c
		}
		status := codes.Status
		if m.Field == "file_status" {
			status = codes.FileStatus
		}
		if c, ok := status(m.Status); ok {
			c.Meaning = both(c.Meaning.ID+" (kode "+m.Code+" tidak ada di daftar)", c.Meaning.EN+" (code "+m.Code+" is not in the list)")
			return c
		}
	}
	return Code{Meaning: both("kode "+m.Code+", tanpa keterangan", "code "+m.Code+", without explanation")}
}

func nextOr(c Code, otherwise Text) Text {
	if c.NextStep.ID == "" || c.NextStep.EN == "" {
		return otherwise
	}
	return c.NextStep
}

func moneyWord(m *ledger.Money) string {
	if m == nil {
		return "-"
	}
	return m.String()
}

// dateWord turns an Answer's time into a date.
func dateWord(s string) string {
	if len(s) < 8 {
		return s
	}
	return s[:4] + "-" + s[4:6] + "-" + s[6:8]
}

func both(id, en string) Text { return Text{ID: id, EN: en} }
