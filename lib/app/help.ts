/**
 * What `--help` prints.
 *
 * @module
 */

import type { Language } from "../ui/strings.ts";

/**
 * Writes the help of `gas-server`.
 *
 * @param language The language to write it in.
 * @returns Lines of at most 80 columns.
 */
export function serverHelp(language: Language): string {
  return language === "id" ? SERVER_INDONESIAN : SERVER_ENGLISH;
}

/**
 * Writes the help of `gas-client`.
 *
 * @param language The language to write it in.
 * @returns Lines of at most 80 columns.
 */
export function clientHelp(language: Language): string {
  return language === "id" ? CLIENT_INDONESIAN : CLIENT_ENGLISH;
}

const SERVER_ENGLISH = `Usage: gas-server [HOST] [-p PORT] [OPTION...]
       gas-server backup FILE [OPTION...]
       gas-server restore FILE [OPTION...]
       gas-server export FILE [--room NAME] [--force] [OPTION...]
       gas-server owner NAME [OPTION...]
       gas-server audit [--json] [OPTION...]

Runs a chat room that everybody on the network can join with gas-client. What is
said is stored in the data folder before anybody sees it.

  HOST                  address to listen on (default: every interface)
  -p, --port PORT       UDP port, 0 for any free one (default: 8080)
  --password-file FILE  a file with the room's password (default: GAS1)
  --keep-days N         remove messages older than N days (default: keep all)
  --keep-megabytes N    remove the oldest above N megabytes (default: keep all)
  --quiet               leave the texts of messages out of the terminal
  --packets             show in the terminal what happens to packets
  --trace FILE          write what every packet does to FILE (qlog; no texts)
  --simulate LIST       make the network bad on purpose, to watch the repair
  --data DIR            data folder (default: gas-data beside the program if
                        there is one, else the system's place for data)
  --config FILE         settings (default: config.json in the data folder)
  --language en|id      language (default: the system's)
  -h, --help            show this help
  --version             show the version

LIST of --simulate, what is left out is 0: loss, reorder, duplicate, corrupt in
percent; delay, jitter in ms; rate in kbit/s. It holds in each direction.

backup copies all that was said to the new FILE, also while the server runs.
restore starts the next server from such a FILE; stop the running one first.
What was there before is kept beside it.
export writes a room to FILE, also while the server runs: a page to be read if
FILE ends in .html; JSON Lines, one message a line, if it ends in .jsonl or is -
for standard output. --room names another room than the first one, --force
replaces a FILE that is there.
owner makes who has claimed NAME an owner, who gives others their roles.
audit prints what owners and moderators did to whom; --json as JSON Lines.

Environment: GAS_HOST, GAS_PORT, GAS_PASSWORD, GAS_KEEP_DAYS,
GAS_KEEP_MEGABYTES, GAS_QUIET (0 or 1), GAS_DATA, GAS_CONFIG, GAS_LANGUAGE.
Config file:
  {"language": "en", "server": {"host": "192.168.1.20", "port": 9000,
   "password": "…", "quiet": true, "keepDays": 365, "keepMegabytes": 500}}
An option wins over the environment, the environment over the config file.

Examples:
  gas-server                           every interface, port 8080
  gas-server 192.168.1.20 -p 9000      one interface, another port
  gas-server --password-file room.txt  only who knows the password gets in
  gas-server --simulate loss=10,delay=80,reorder=5
  gas-server backup monday.sqlite      copy what was said
  gas-server export monday.html        what was said, as a page to be read
  gas-server owner Ani                 Ani owns the server from her next login

Ctrl+C stops the server. Exit codes: 0 stopped, 1 failed, 64 wrong option.
`;

const SERVER_INDONESIAN = `Pemakaian: gas-server [HOST] [-p PORT] [OPSI...]
           gas-server backup FILE [OPSI...]
           gas-server restore FILE [OPSI...]
           gas-server export FILE [--room NAMA] [--force] [OPSI...]
           gas-server owner NAMA [OPSI...]
           gas-server audit [--json] [OPSI...]

Menjalankan ruang obrolan. Semua orang di jaringan bisa masuk dengan gas-client.
Setiap pesan disimpan di folder data sebelum dilihat siapa pun.

  HOST                  alamat untuk didengarkan (bawaan: semua antarmuka)
  -p, --port PORT       port UDP, 0 berarti sembarang (bawaan: 8080)
  --password-file FILE  berkas berisi password ruang (bawaan: GAS1)
  --keep-days N         hapus pesan yang lebih tua dari N hari (bawaan: tidak)
  --keep-megabytes N    hapus pesan tertua di atas N megabita (bawaan: tidak)
  --quiet               jangan tampilkan isi pesan di terminal
  --packets             tampilkan di terminal apa yang terjadi pada paket
  --trace FILE          catat nasib tiap paket ke FILE (qlog; tanpa isi pesan)
  --simulate DAFTAR     sengaja buat jaringan buruk, untuk melihat perbaikannya
  --data DIR            folder data (bawaan: gas-data di sebelah program jika
                        ada, kalau tidak tempat data milik sistem)
  --config FILE         pengaturan (bawaan: config.json di folder data)
  --language en|id      bahasa (bawaan: bahasa sistem)
  -h, --help            tampilkan bantuan ini
  --version             tampilkan versi

DAFTAR untuk --simulate, yang tidak ditulis bernilai 0: loss, reorder,
duplicate, corrupt dalam persen; delay, jitter dalam ms; rate dalam kbit/s.
Berlaku di tiap arah.

backup menyalin seluruh percakapan ke FILE baru, juga selagi server berjalan.
restore membuat server berikutnya memakai FILE itu; hentikan dulu yang berjalan.
Yang ada sebelumnya disimpan di sebelahnya.
export menulis isi ruang ke FILE, juga selagi server berjalan: halaman untuk
dibaca jika FILE berakhiran .html; JSON Lines, satu pesan per baris, jika
berakhiran .jsonl atau ditulis - untuk keluaran standar. --room menyebut ruang
selain yang pertama, --force menimpa FILE yang sudah ada.
owner menjadikan pemilik NAMA yang sudah diklaim sebagai pemilik server.
audit mencetak apa yang dilakukan pemilik dan moderator; --json per baris JSON.

Variabel: GAS_HOST, GAS_PORT, GAS_PASSWORD, GAS_KEEP_DAYS, GAS_KEEP_MEGABYTES,
GAS_QUIET (0 atau 1), GAS_DATA, GAS_CONFIG, GAS_LANGUAGE. Berkas pengaturan:
  {"language": "id", "server": {"host": "192.168.1.20", "port": 9000,
   "password": "…", "quiet": true, "keepDays": 365, "keepMegabytes": 500}}
Opsi mengalahkan variabel, variabel mengalahkan berkas pengaturan.

Contoh:
  gas-server                           semua antarmuka, port 8080
  gas-server 192.168.1.20 -p 9000      satu antarmuka, port lain
  gas-server --password-file room.txt  hanya yang tahu password bisa masuk
  gas-server --simulate loss=10,delay=80,reorder=5
  gas-server backup senin.sqlite       menyalin percakapan
  gas-server export senin.html         percakapan sebagai halaman untuk dibaca
  gas-server owner Ani                 Ani menjadi pemilik server

Ctrl+C menghentikan server. Kode keluar: 0 dihentikan, 1 gagal, 64 salah opsi.
`;

const CLIENT_ENGLISH =
  `Usage: gas-client [SERVER_HOST [SERVER_PORT [CLIENT_PORT]]] [OPTION...]
       gas-client send [OPTION...] TEXT...
       gas-client tail [OPTION...] [--json] [--history N | --since-start]

Opens the chat window. What is not given is asked there.

  SERVER_HOST           the server's name or address
  SERVER_PORT           the server's UDP port (default: 8080)
  CLIENT_PORT           this computer's UDP port (default: the first free one
                        of 5000 to 5010, else any)
  --server HOST[:PORT]  the same server, as an option
  --name NAME           the name that the others see
  --terminal            chat in this terminal instead of a window
  --browser             chat in the web browser instead of a window
  --room NAME           the room of send, tail or a pipe (default: the one that
                        everybody is in); a public one is joined
  --to NAME             instead of a room: the talk with one person alone
  --password-file FILE  a file with the room's password (default: it is asked
                        for; in a pipe GAS1)
  --trace FILE          write what every packet does to FILE (qlog; no texts)
  --simulate LIST       make the network bad on purpose, to watch the repair
  --data DIR            data folder (default: gas-data beside the program if
                        there is one, else the system's place for data)
  --config FILE         settings (default: config.json in the data folder)
  --language en|id      language (default: the system's)
  -h, --help            show this help
  --version             show the version

In a pipe nothing is asked: with --terminal where input or output is no
terminal, and with --name where input is none. SERVER_HOST and the name must be
given. Every line of input is sent as one message; blank ones are skipped. Each
new message of the others is one line "name: text" of output, with a line break
in it as \\n and a backslash as \\\\. What was said before is not repeated.
Notices go to standard error. At the end of input the program waits until the
server has everything, then leaves.

send says TEXT, or with - what comes on standard input, and ends when the server
has stored it. tail prints what is said from its start on, or with --history N
the newest N messages (up to 1000) before that too, with --json as one JSON
object a line; it ends with Ctrl+C or with whoever reads it. Both need a server
and a name. A server that is called send is reached as send:8080.

LIST of --simulate, what is left out is 0: loss, reorder, duplicate, corrupt in
percent; delay, jitter in ms; rate in kbit/s. It holds in each direction.

Environment: GAS_HOST, GAS_PORT, GAS_CLIENT_PORT, GAS_NAME, GAS_PASSWORD,
GAS_DATA, GAS_CONFIG, GAS_LANGUAGE. Config file:
  {"language": "en", "client": {"host": "192.168.1.20", "port": 9000,
   "clientPort": 5000, "name": "Ani", "password": "…"}}
An option wins over the environment, the environment over the config file.

Examples:
  gas-client                           ask for everything in a window
  gas-client 192.168.1.20 8080 5000    ask for name and password only
  gas-client --terminal 192.168.1.20   chat in this terminal
  date | gas-client 192.168.1.20 --name clock
  gas-client send --server 192.168.1.20 --name bell The bell rings.
  gas-client tail --server 192.168.1.20 --name log --room class

Exit codes: 0 all sent, 1 something was not sent or failed, 2 login, room or the
text of send refused, 3 server never answered, 64 wrong option, 130 interrupted.
`;

const CLIENT_INDONESIAN =
  `Pemakaian: gas-client [SERVER_HOST [SERVER_PORT [CLIENT_PORT]]] [OPSI...]
           gas-client send [OPSI...] TEKS...
           gas-client tail [OPSI...] [--json] [--history N | --since-start]

Membuka jendela obrolan. Yang belum diberikan ditanyakan di sana.

  SERVER_HOST           nama atau alamat server
  SERVER_PORT           port UDP server (bawaan: 8080)
  CLIENT_PORT           port UDP komputer ini (bawaan: yang pertama kosong dari
                        5000 sampai 5010, kalau tidak ada sembarang)
  --server HOST[:PORT]  server yang sama, sebagai opsi
  --name NAMA           nama yang dilihat orang lain
  --terminal            mengobrol di terminal ini, bukan di jendela
  --browser             mengobrol di peramban web, bukan di jendela
  --room NAMA           ruang bagi send, tail, atau pipa (bawaan: ruang semua
                        orang); ruang publik dimasuki
  --to NAMA             bukan ruang: percakapan dengan satu orang saja
  --password-file FILE  berkas berisi password ruang (bawaan: ditanyakan;
                        dalam pipa GAS1)
  --trace FILE          catat nasib tiap paket ke FILE (qlog; tanpa isi pesan)
  --simulate DAFTAR     sengaja buat jaringan buruk, untuk melihat perbaikannya
  --data DIR            folder data (bawaan: gas-data di sebelah program jika
                        ada, kalau tidak tempat data milik sistem)
  --config FILE         pengaturan (bawaan: config.json di folder data)
  --language en|id      bahasa (bawaan: bahasa sistem)
  -h, --help            tampilkan bantuan ini
  --version             tampilkan versi

Dalam pipa tidak ada pertanyaan: dengan --terminal bila masukan atau keluaran
bukan terminal, dan dengan --name bila masukan bukan terminal. SERVER_HOST dan
nama harus diberikan. Tiap baris masukan dikirim sebagai satu pesan; baris
kosong dilewati. Tiap pesan baru dari orang lain menjadi satu baris keluaran
"nama: teks", dengan ganti baris ditulis \\n dan garis miring terbalik \\\\.
Pesan lama tidak diulang. Pemberitahuan masuk ke standard error. Di akhir
masukan program menunggu sampai server menerima semuanya, lalu keluar.

send mengirim TEKS, atau dengan - isi masukan standar, lalu selesai begitu
server menyimpannya. tail mencetak yang dikatakan sejak dimulai, atau dengan
--history N juga N pesan terbaru (sampai 1000) sebelumnya, dengan --json satu
objek JSON per baris; selesai dengan Ctrl+C atau bersama pembacanya. Keduanya
perlu server dan nama. Server yang bernama send dituju dengan send:8080.

DAFTAR untuk --simulate, yang tidak ditulis bernilai 0: loss, reorder,
duplicate, corrupt dalam persen; delay, jitter dalam ms; rate dalam kbit/s.
Berlaku di tiap arah.

Variabel: GAS_HOST, GAS_PORT, GAS_CLIENT_PORT, GAS_NAME, GAS_PASSWORD,
GAS_DATA, GAS_CONFIG, GAS_LANGUAGE. Berkas pengaturan:
  {"language": "id", "client": {"host": "192.168.1.20", "port": 9000,
   "clientPort": 5000, "name": "Ani", "password": "…"}}
Opsi mengalahkan variabel, variabel mengalahkan berkas pengaturan.

Contoh:
  gas-client                           tanyakan semuanya di jendela
  gas-client 192.168.1.20 8080 5000    tanyakan nama dan password saja
  gas-client --terminal 192.168.1.20   mengobrol di terminal ini
  date | gas-client 192.168.1.20 --name jam
  gas-client send --server 192.168.1.20 --name bel Bel berbunyi.
  gas-client tail --server 192.168.1.20 --name log --room kelas

Kode keluar: 0 semua terkirim, 1 ada yang tidak terkirim atau gagal, 2 tidak
diizinkan masuk ke server atau ruang atau teks send ditolak, 3 server tidak
menjawab, 64 salah opsi, 130 dihentikan.
`;
