package doctor

import "context"

// A check is one thing to look at.
type check struct {
	name, why string
	// needsData says that it reads the database.
	needsData bool
	look      func(ctx context.Context, v *visit) result
}

// checks is the table of everything that is looked at, in the order in which it
// is told.
var checks = []check{
	{"configuration", "A setting that is not understood is refused, so that nobody believes in one that does nothing.", false, configuration},
	{"data-directory", "Everything that people wrote is in this directory. Only the account that runs the program may open it.", false, directory},
	{"master-key", "The keys that sign and seal lie in the database under this one. Without it the program does not start.", false, masterKey},
	{"master-key-copy", "A copy of the data is worth nothing without the master key, and a disk that breaks takes both.", false, masterCopy},
	{"database", "Without a sound database nobody reads or writes anything. The sooner damage is known, the more can be saved.", false, integrity},
	{"schema", "Program and data have to understand each other.", true, schema},
	{"disk", "When the disk is full nothing more can be said, and a migration cannot make its copy first.", false, disk},
	{"backups", "What exists once is lost when the machine is.", true, backups},
	{"erased", "Whoever was erased comes back to life with an older copy of the database, unless the list beside it says so.", true, erased},
	{"ballot-keys", "Who takes part in a secret poll, and what was chosen, is sealed; the key is outside the database, in no copy. Without it the poll cannot be counted.", true, ballots},
	{"clock", "By the clock invitations expire, sessions end and things are sorted. A wrong one does all that wrong.", true, clock},
	{"public-url", "Links, sign-in and cookies are bound to the address by which people come.", false, publicURL},
	{"trusted-proxies", "Without knowing its proxy the program takes everybody for one and the same visitor, and whoever tries too often shuts out all others.", false, proxies},
	{"passkeys", "Browsers allow passkeys over https only, or on the machine itself.", false, passkeys},
	{"program", "People reach their community as long as the program answers.", false, program},
	{"jobs-overdue", "Jobs delete what is due for deletion and do what was promised for later.", true, jobsOverdue},
	{"jobs-failing", "A job that fails is tried again and again, and what it should do is not done.", true, jobsFailing},
	{"search", "What an older version of the program made is found by its whole words only.", true, searchTexts},
	{"owners", "If the only owner loses the way in, nobody can look after the community any more.", true, owners},
	{"requests", "Somebody knocked and waits at the door.", true, requests},
}
