# Tutti i testi delle pagine, con le stesse chiavi di `en.ftl`.

## Dappertutto

skip = Vai al contenuto
nav-pages = Pagine
nav-home = Inizio
nav-how = Come si gioca
nav-leaderboard = Classifica
nav-privacy = Privacy
nav-account = Profilo
nav-admin = Amministrazione
nav-login = Accedi
nav-logout = Esci
nav-language = Lingua
points = { $n ->
    [one] { $n } punto
   *[other] { $n } punti
}
percent = { $n } %

## Landing

landing-title = Una foto si nasconde nel buio
landing-lead = Una rete neurale l’ha guardata e ha scelto i pochi punti che le sembravano importanti. Tu vedi solo quelli. Riesci a capire che cos’è?
landing-play = Gioca come ospite
landing-register = Crea un profilo
landing-login = Ho già un profilo
landing-why = Con un profilo ritrovi il tuo punteggio su ogni dispositivo e nessuna foto torna due volte.
landing-consent = Le tue risposte servono alla ricerca e sono conservate senza il tuo nome.
landing-consent-link = Che cosa viene salvato?
landing-alt = Un esempio: prima si vede solo un occhio, poi il naso e i baffi, infine tutta la foto di un gatto

## Home

home-title = Inizio
home-hello = Ciao, { $name }
home-hello-guest = Ciao!
home-play = Gioca
home-next = Una foto nel buio, fino a { $n } punti.
home-resume = Riprendi la partita
home-resume-lead = È rimasta dove l’avevi lasciata.
home-stats = Le tue partite finora
stat-score = Punti
stat-games = Partite
stat-rate = Vinte
stat-streak = Serie
stat-best = Serie migliore
home-guest-title = Stai giocando come ospite
home-guest-lead = Con un profilo conservi i punti, la serie e le foto già viste.
home-guest-register = Crea un profilo
home-questionnaire-title = Ti piace il gioco?
home-questionnaire-lead = Qualche domanda, tre minuti, una volta sola.
home-questionnaire-open = Rispondi

## A round: guessing

round-first = Si vedono solo pochi punti. Tocca «Mostra di più» per vederne altri.
round-what = Che cos’è?
round-title = { $n ->
    [one] Che cos’è? { $n } punto
   *[other] Che cos’è? { $n } punti
}
round-worth = { $n ->
    [one] punto se indovini
   *[other] punti se indovini
}
round-more = Mostra di più
round-more-cost = −{ $n }
round-more-cost-spoken = { $n ->
    [one] costa { $n } punto
   *[other] costa { $n } punti
}
round-steps = Passo { $n } di { $of }
round-alt = Una foto quasi tutta coperta; passo { $n } di { $of }
round-last = Di più non si può vedere. Prova a indovinare, oppure arrenditi.
round-giveup = Mi arrendo
round-streak = { $n ->
    [0] Ancora nessuna serie
    [one] { $n } vittoria di fila
   *[other] { $n } vittorie di fila
}
round-streak-bonus = +{ $n } se vinci

## A round: describing

describe-title = Che cosa hai riconosciuto?
describe-guess = La tua risposta:
describe-lead = Di’ con parole tue che cosa te l’ha fatto capire.
describe-label = Che cosa hai riconosciuto
describe-commas = Se sono più cose, separale con una virgola.
describe-add = Aggiungi
describe-done = Fatto
describe-bonus = +{ $n } punti
describe-skip = Niente che sappia nominare
describe-chips = Le tue parole
describe-remove = Togli «{ $label }»
describe-added = «{ $label }» è stato aggiunto
describe-removed = «{ $label }» è stato tolto
describe-twice = «{ $label }» c’è già
describe-full = { $n ->
    [one] Basta così: al massimo { $n }
   *[other] Basta così: al massimo { $n }
}
describe-long = { $n ->
    [one] È un po’ lungo: al massimo { $n } carattere per volta
   *[other] È un po’ lungo: al massimo { $n } caratteri per volta
}

## A round: outcome

outcome-won = Esatto!
outcome-lost = Questa volta no
outcome-givenup = Hai lasciato andare
outcome-title-won = Esatto: { $class }
outcome-title-lost = Era: { $class }
outcome-was = Era
outcome-guess = La tua risposta:
outcome-alt = La foto intera: { $class }
outcome-points = I tuoi punti
outcome-points-guess = Risposta esatta
outcome-points-nothing = La risposta
outcome-points-labels = Le tue parole
outcome-points-streak = Vittorie di fila
outcome-points-total = In tutto
outcome-words = Hai riconosciuto
outcome-streak-on = { $n ->
    [one] La serie comincia. Se vinci anche la prossima c’è un premio.
   *[other] { $n } di fila. Continua così!
}
outcome-next = Un’altra foto
outcome-home = Inizio

## When there is nothing to play

seen-title = Hai visto tutte le foto
seen-lead = Grazie per averle guardate così bene. Ce ne saranno altre quando arriveranno nuove foto.
seen-questionnaire = Dicci se ti è piaciuto
none-title = Ancora nessuna foto
none-lead = Adesso non c’è niente da giocare. Torna più tardi.
expired-title = Questa partita è finita
expired-lead = È rimasta aperta così a lungo che il suo posto è passato a qualcun altro. Non ti è costata niente, nemmeno la serie.
expired-next = Una nuova foto

## Leaderboard

leaders-title = Classifica
leaders-lead = { $n ->
    [one] Chi ha più punti di tutti.
   *[other] I { $n } giocatori con più punti.
}
leaders-rank = Posto
leaders-player = Giocatore
leaders-you = tu
leaders-empty = Non c’è ancora nessuno. Il primo potresti essere tu.
leaders-hidden = Hai scelto di non comparire qui.
leaders-hidden-link = Cambia idea
leaders-guest = Gli ospiti non compaiono qui.

## How to play

how-title = Come si gioca
how-lead = Una partita dura meno di un minuto.
how-dark-title = Guarda nel buio
how-dark = Vedi solo i punti che una rete neurale ha trovato più importanti.
how-dark-alt = Un esempio: una foto tutta nera tranne un occhio
how-guess-title = Indovina che cos’è
how-guess = Una risposta su { $options } è quella giusta. All’inizio vale { $points } punti, poi { $cost } in meno ogni volta che chiedi di vedere di più, fino a { $hints } volte.
how-guess-alt = La stessa foto con più parti visibili: i due occhi e un pezzo del naso
how-words-title = Di’ che cosa hai visto
how-words = Scrivi con parole tue che cosa hai riconosciuto. Vale { $points } punti, anche se la risposta era sbagliata. Il gioco serve proprio a questo.
how-words-example = Il campo è vuoto apposta: conta ogni parola che trovi tu.
how-whole-title = Scopri la foto intera
how-whole = Alla fine vedi che cos’era. Per le vittorie di fila c’è un premio: { $step } punti in più per ognuna, fino a { $most }.
how-whole-alt = La foto intera: un gatto
how-stay-title = Buono a sapersi
how-stay-resume = Puoi chiudere la pagina quando vuoi. La partita ti aspetta.
how-stay-once = Nessuna foto torna due volte.
how-stay-giveup = Se alla fine non lo capisci, puoi arrenderti. Anche questa è una risposta.
how-why-title = A che cosa serve
how-why = Le reti che riconoscono le foto non sanno dire che cosa hanno guardato. Le tue parole danno un nome a ciò che vedono.

## Questionnaire

ask-title = Com’è andata?
ask-lead = Dieci frasi, sei domande e un voto. Bastano circa tre minuti e si risponde una volta sola.
ask-usability = Usabilità
ask-usability-lead = Quanto sei d’accordo?
ask-disagree = Per niente d’accordo
ask-agree = Del tutto d’accordo
sus-1 = Penso che mi piacerebbe giocare spesso a Deep Reveal.
sus-2 = Ho trovato Deep Reveal inutilmente complesso.
sus-3 = Ho trovato Deep Reveal facile da usare.
sus-4 = Penso che avrei bisogno dell’aiuto di un tecnico per usare Deep Reveal.
sus-5 = Ho trovato ben integrate le varie funzioni di Deep Reveal.
sus-6 = Ho trovato troppa incoerenza in Deep Reveal.
sus-7 = Immagino che quasi tutti imparerebbero a usare Deep Reveal molto in fretta.
sus-8 = Ho trovato Deep Reveal molto macchinoso da usare.
sus-9 = Ho usato Deep Reveal con molta sicurezza.
sus-10 = Ho dovuto imparare molte cose prima di riuscire a usare Deep Reveal.
ask-workload = Carico di lavoro
ask-workload-lead = Da 0 a 10.
tlx-1 = Quanto impegno mentale ha richiesto Deep Reveal?
tlx-2 = Quanto è stato faticoso usare Deep Reveal?
tlx-3 = Quanto era affrettato o incalzante il ritmo del gioco?
tlx-4 = Con quanto successo hai giocato a Deep Reveal?
tlx-5 = Quanto impegno ti è servito per ottenere i tuoi risultati?
tlx-6 = Quanta insicurezza, quanto scoraggiamento, irritazione, tensione e fastidio hai provato?
ask-very-low = Pochissimo
ask-very-high = Moltissimo
ask-perfect = Perfetto
ask-failure = Fallimento
ask-feedback = Il tuo parere
ask-rating = Come ti è sembrata l’esperienza nel complesso?
ask-rating-low = Scarsa
ask-rating-high = Ottima
ask-comment = Vuoi aggiungere qualcosa? (facoltativo)
ask-send = Invia
ask-missing = Manca ancora qualche risposta. Ridai un’occhiata alla pagina.
ask-thanks-title = Grazie!
ask-thanks = Le tue risposte sono arrivate.
ask-early-title = Gioca ancora un po’
ask-early = { $n ->
    [one] Le domande arrivano dopo { $n } partita.
   *[other] Le domande arrivano dopo { $n } partite.
}

## Account

account-title = Profilo
account-name = Nome utente
account-email = E-mail
account-guest = Stai giocando come ospite. Le tue partite restano in questo browser finché non esci.
account-settings = Impostazioni
account-language-lead = Viene annotata insieme alle parole che scrivi.
account-listed = Mostrami nella classifica
account-save = Salva
account-saved = Salvato.
account-delete-title = Cancella tutto
account-delete-lead = Il profilo, le partite, le parole e le risposte vengono cancellati subito e per sempre.
account-delete-sure = Sì, cancella tutti i miei dati
account-delete = Cancella tutto
account-delete-unsure = Se vuoi davvero cancellare tutto, spunta la casella.
account-deleted = Tutto ciò che ti riguarda è stato cancellato. Grazie per aver giocato.

## Privacy

privacy-title = Che cosa viene salvato
privacy-lead = Deep Reveal raccoglie parole per la ricerca. Qui c’è scritto che cosa conserva, a che scopo e come cancellarlo. Giocando accetti queste condizioni.
privacy-what-title = Che cosa viene conservato
privacy-what-games = Di ogni partita: la foto, la tua risposta, quante volte hai chiesto di vedere di più, le parole che hai scritto, l’ora e la lingua della pagina.
privacy-what-account = Di un profilo: il nome utente, l’indirizzo e-mail e una forma protetta della password, da cui nessuno può ricavarla.
privacy-what-questionnaire = Del questionario, se lo compili: le tue risposte.
privacy-what-guest = Gli ospiti non danno né nome né indirizzo.
privacy-for-title = A che scopo
privacy-for-words = Le parole danno un nome a ciò che le reti neurali guardano nelle foto. Potrebbero essere pubblicate.
privacy-for-pseudonym = In ciò che viene trasmesso, al posto del giocatore c’è una sigla casuale: né nome né indirizzo.
privacy-for-email = L’indirizzo e-mail serve a una cosa sola: impostare una nuova password quando l’hai dimenticata.
privacy-for-leaderboard = La classifica mostra nomi utente e punti. Puoi toglierti quando vuoi.
privacy-cookies-title = Cookie
privacy-cookies = Solo quelli che servono a ricordare il tuo accesso e la lingua. Niente pubblicità, niente tracciamento, niente da altri siti.
privacy-care-title = Una richiesta
privacy-care = Nel gioco non scrivere niente che riguardi te o altre persone.
privacy-delete-title = Come si cancella
privacy-delete = Nel tuo profilo puoi cancellare tutto, in ogni momento e senza chiedere a nessuno. Quello che è già stato trasmesso non porta nomi, e le copie di sicurezza vengono sovrascritte col tempo.
privacy-delete-link = Vai al profilo

## Log in, register, new password

login-title = Accedi
login-name = Nome utente o e-mail
login-password = Password
login-submit = Accedi
login-forgot = Hai dimenticato la password?
login-new = Non hai un profilo?
login-wrong = Nome utente e password non corrispondono.
login-guest = Stai giocando come ospite. Un profilo che c’è già non riceve queste partite: andrebbero perse.
login-guest-register = Crea un profilo per conservarle
leave-title = Vuoi uscire?
leave-lead = Stai giocando come ospite. Se esci, nessuno può più tornare alle tue partite: perdi i punti, la serie e le foto già viste. Con un profilo le conservi.
leave-register = Crea un profilo e conservale
leave-sure = Esci lo stesso
leave-stay = Resta
register-title = Crea un profilo
register-keep = Le partite giocate come ospite restano tue.
register-name = Nome utente
register-name-hint = È quello che gli altri vedono in classifica.
register-email = E-mail
register-email-hint = Serve solo per una nuova password, se la dimentichi.
register-password = Password
register-password-hint = { $n ->
    [one] Almeno { $n } carattere.
   *[other] Almeno { $n } caratteri.
}
register-name-length = Il nome utente ha da 2 a 30 caratteri.
register-name-characters = Nel nome utente serve una lettera o una cifra, e non può esserci @.
register-name-invisible = Il nome utente non può avere caratteri invisibili, come a capo o tabulazioni. Scrivilo invece di incollarlo.
register-name-taken = Questo nome utente è già preso.
register-email-invalid = Questo non sembra un indirizzo e-mail.
register-email-taken = C’è già un profilo con questo indirizzo e-mail.
register-password-length = La password ha da 8 a 256 caratteri.
register-password-is-name = La password non può essere il nome utente o l’indirizzo e-mail.
register-submit = Crea un profilo
register-have = Hai già un profilo?
forgot-title = Una nuova password
forgot-lead = Scrivi l’indirizzo e-mail del tuo profilo e ti mandiamo un link.
forgot-submit = Manda il link
sent-title = Guarda la posta
sent-lead = Se c’è un profilo con questo indirizzo, il link sta arrivando. Funziona una volta sola e per poco tempo.
reset-title = Una nuova password
reset-password = Nuova password
reset-submit = Salva
reset-expired-title = Questo link non funziona più
reset-expired-lead = È già stato usato, oppure è passato troppo tempo.
reset-guest = Stai giocando come ospite. Con la nuova password entri nel tuo profilo, che non riceve queste partite: andrebbero perse.
password-title = Cambia la password
password-lead = Qui resti dentro, altrove dovrai accedere di nuovo.
password-old = Vecchia password
password-wrong = La vecchia password è un’altra.
mail-reset-subject = Deep Reveal: una nuova password
mail-reset =
    Ciao { $name },

    qualcuno, speriamo tu, vuole impostare una nuova password per il tuo profilo su Deep Reveal. Con questo link si può fare, una volta sola ed entro un’ora:

    { $link }

    Se non l’hai chiesto tu, non fare nulla: la tua password resta com’è.
reset-again = Chiedine uno nuovo

## Errors

problem-again = Torna all’inizio
problem-not-found = Qui c’è solo buio
problem-not-found-help = Questa pagina non esiste, oppure non è tua.
problem-stale-page = Questa pagina era troppo vecchia
problem-stale-page-help = Non è cambiato niente. Torna indietro, ricarica la pagina e riprova.
problem-session-changed = Adesso sei qualcun altro
problem-session-changed-help = Da quando questa pagina è stata caricata, in questo browser qualcuno è entrato o uscito, si è registrato o ha cancellato il profilo. Non è cambiato niente. Ricarica la pagina per continuare. Se succede ogni volta, il browser non conserva i cookie, e al gioco ne serve uno.
problem-wrong-method = Qui non c’è niente da vedere
problem-wrong-method-help = Questo indirizzo riceve ciò che una pagina gli manda e da solo non mostra niente. Non è cambiato niente.
problem-bad-form = Non ha funzionato
problem-bad-form-help = Il server non è riuscito a capire. Non è cambiato niente.
problem-too-large = Era un po’ troppo
problem-too-large-help = Prova a scrivere un po’ meno.
problem-too-often = Un po’ più piano, per favore
problem-too-often-help = { $n ->
    [one] È arrivato troppo tutto insieme. Riprova tra un secondo.
   *[other] È arrivato troppo tutto insieme. Riprova tra { $n } secondi.
}
problem-too-often-minutes = { $n ->
    [one] È arrivato troppo tutto insieme. Riprova tra un minuto.
   *[other] È arrivato troppo tutto insieme. Riprova tra { $n } minuti.
}
problem-internal = Qui si è rotto qualcosa
problem-internal-help = Non è colpa tua, e quello che hai fatto prima è al sicuro. Riprova tra un momento.
problem-no-space = Adesso non si può salvare
problem-no-space-help = Il server non ha più spazio, quindi quest’ultimo passo non è stato salvato. Quello che hai fatto prima è al sicuro. Riprova più tardi.
problem-busy = Torniamo subito
problem-busy-help = In questo momento il server ha troppo da fare. Quello che hai fatto prima è al sicuro.

## Administration

admin-title = Amministrazione
admin-campaigns = Campagne
admin-campaigns-none = Nessuna campagna importata finora: deep-reveal import CARTELLE…
admin-open = Apri
admin-close = Chiudi
admin-is-open = aperta
admin-is-closed = chiusa
admin-photos = Foto
admin-maps = Mappe
admin-games = Partite
admin-labels = Parole
admin-players = Giocatori
admin-counts = Conteggi
admin-counts-lead = Come nella tabella 5 della tesi; partite finite di tutte le campagne.
admin-won = Vinte
admin-lost = Perse
admin-givenup = Abbandonate
admin-hints = Aiuti a partita
admin-labels-per-map = Parole a mappa
admin-progress = Partite per mappa
admin-progress-lead = Prima quelle con meno partite. La barra confronta con la mappa che ne ha di più.
admin-photo = Foto
admin-layer = Layer
admin-cluster = Cluster
admin-control-photos = Foto di controllo
admin-controls = Partite di controllo
admin-failed = Sbagliate
admin-pseudonym = Nome nell’esportazione
admin-control = controllo
admin-reserved = In corso
admin-trust = Affidabilità
admin-trust-checked = Giocatori che hanno avuto una foto di controllo
admin-trust-failed = Giocatori che l’hanno sbagliata
admin-trust-dropped = Partite escluse con loro
admin-questionnaire = Questionario
admin-questionnaire-answers = Risposte
admin-questionnaire-sus = Usabilità (SUS), da 0 a 100, meglio se alta
admin-questionnaire-tlx = Carico di lavoro (TLX), da 0 a 100, meglio se basso
admin-questionnaire-rating = Voto, da 1 a 5
admin-export = Scarica games.csv
