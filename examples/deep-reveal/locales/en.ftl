# Every text of the pages. `it.ftl` has the same keys; a test holds the two and the templates together.

## Everywhere

skip = Skip to the content
nav-pages = Pages
nav-home = Home
nav-how = How to play
nav-leaderboard = Leaderboard
nav-privacy = Privacy
nav-account = Account
nav-admin = Administration
nav-login = Log in
nav-logout = Log out
nav-language = Language
points = { $n ->
    [one] { $n } point
   *[other] { $n } points
}
percent = { $n } %

## Landing

landing-title = A photo hides in the dark
landing-lead = A neural network looked at it and found a few spots telling. They are all that you see. Can you tell what it is?
landing-play = Play as a guest
landing-register = Create an account
landing-login = I have an account
landing-why = With an account your score stays with you on every device, and no photo comes twice.
landing-consent = Your answers are kept for research, without your name.
landing-consent-link = What is stored?
landing-alt = An example: first only an eye can be seen, then a nose and whiskers, then the whole photo of a cat

## Home

home-title = Home
home-hello = Hello, { $name }
home-hello-guest = Hello!
home-play = Play
home-next = A photo in the dark, up to { $n } points.
home-resume = Back to your round
home-resume-lead = It waits where you left it.
home-stats = Your game so far
stat-score = Score
stat-games = Games
stat-rate = Won
stat-streak = Streak
stat-best = Best streak
home-guest-title = You play as a guest
home-guest-lead = An account keeps your score, your streak and the photos that you have met.
home-guest-register = Create an account
home-questionnaire-title = How do you like it?
home-questionnaire-lead = A few questions about the game. Three minutes, once.
home-questionnaire-open = Tell us

## A round: guessing

round-first = Only a few spots are shown. Tap “Show more” for the next ones.
round-what = What is it?
round-title = { $n ->
    [one] What is it? { $n } point
   *[other] What is it? { $n } points
}
round-worth = { $n ->
    [one] point for a right guess
   *[other] points for a right guess
}
round-more = Show more
round-more-cost = −{ $n }
round-more-cost-spoken = { $n ->
    [one] costs { $n } point
   *[other] costs { $n } points
}
round-steps = Step { $n } of { $of }
round-alt = A photo, most of it covered; step { $n } of { $of }
round-last = You have seen all there is to see. Guess, or give up.
round-giveup = Give up
round-streak = { $n ->
    [0] No streak yet
    [one] { $n } win in a row
   *[other] { $n } wins in a row
}
round-streak-bonus = +{ $n } if you win

## A round: describing

describe-title = What did you recognise?
describe-guess = Your guess:
describe-lead = Name what gave it away, in your own words.
describe-label = What you recognised
describe-commas = Put commas between several.
describe-add = Add
describe-done = Done
describe-bonus = +{ $n } points
describe-skip = Nothing I can name
describe-chips = Your words
describe-remove = Remove “{ $label }”
describe-added = “{ $label }” is added
describe-removed = “{ $label }” is removed
describe-twice = “{ $label }” is there already
describe-full = { $n ->
    [one] That is enough: { $n } is the most
   *[other] That is enough: { $n } are the most
}
describe-long = { $n ->
    [one] That is long: please keep to { $n } character each
   *[other] That is long: please keep to { $n } characters each
}

## A round: outcome

outcome-won = That’s it!
outcome-lost = Not this time
outcome-givenup = You let it go
outcome-title-won = Right: { $class }
outcome-title-lost = It was: { $class }
outcome-was = It was
outcome-guess = Your guess:
outcome-alt = The whole photo: { $class }
outcome-points = Your points
outcome-points-guess = Right guess
outcome-points-nothing = The guess
outcome-points-labels = Your words
outcome-points-streak = Wins in a row
outcome-points-total = Together
outcome-words = You recognised
outcome-streak-on = { $n ->
    [one] Your streak begins. Win the next one for a bonus.
   *[other] { $n } in a row. Keep it up!
}
outcome-next = Next photo
outcome-home = Home

## When there is nothing to play

seen-title = You have met every photo
seen-lead = Thank you for looking so closely. There will be more when the next photos arrive.
seen-questionnaire = Tell us how you liked it
none-title = No photos yet
none-lead = There is nothing to play right now. Please come back later.
expired-title = This round is over
expired-lead = It was left open for so long that its place went to somebody else. It cost you nothing, your streak included.
expired-next = A new photo

## Leaderboard

leaders-title = Leaderboard
leaders-lead = { $n ->
    [one] The player with the most points.
   *[other] The { $n } players with the most points.
}
leaders-rank = Rank
leaders-player = Player
leaders-you = you
leaders-empty = Nobody is here yet. You could be the first.
leaders-hidden = You chose not to appear here.
leaders-hidden-link = Change that
leaders-guest = Guests do not appear here.

## How to play

how-title = How to play
how-lead = One round takes less than a minute.
how-dark-title = Look into the dark
how-dark = You see only the spots that a neural network found most telling.
how-dark-alt = An example: a photo, all of it black except for an eye
how-guess-title = Guess what it is
how-guess = One of { $options } options is right. A guess is worth { $points } points at first, and { $cost } fewer each time you show more, up to { $hints } times.
how-guess-alt = The same photo after showing more: both eyes and part of the nose
how-words-title = Say what you saw
how-words = Type what you recognised, in your own words. That brings { $points } points, even when the guess was wrong. It is what the game is for.
how-words-example = The field is empty on purpose: every word that you find yourself counts.
how-whole-title = See the whole photo
how-whole = Then you learn what it was. For wins in a row there is a bonus: { $step } points more for each, up to { $most }.
how-whole-alt = The whole photo: a cat
how-stay-title = Good to know
how-stay-resume = Close the page whenever you like. The round waits for you.
how-stay-once = No photo comes twice.
how-stay-giveup = If you cannot tell even at the end, you may give up. That is an answer too.
how-why-title = What it is for
how-why = Networks that recognise photos cannot say what they looked at. Your words give it names.

## Questionnaire

ask-title = How was it?
ask-lead = Ten statements, six questions and a rating. It takes about three minutes and can be sent once.
ask-usability = Usability
ask-usability-lead = How much do you agree?
ask-disagree = Strongly disagree
ask-agree = Strongly agree
sus-1 = I think that I would like to play Deep Reveal often.
sus-2 = I found Deep Reveal to be unnecessarily complex.
sus-3 = I found Deep Reveal to be easy to use.
sus-4 = I think that I would need the support of a technical person to be able to use Deep Reveal.
sus-5 = I found the various functions of Deep Reveal were well integrated.
sus-6 = I thought there was too much inconsistency in Deep Reveal.
sus-7 = I would imagine that most people would learn to use Deep Reveal very quickly.
sus-8 = I found Deep Reveal very cumbersome to use.
sus-9 = I felt very confident using Deep Reveal.
sus-10 = I needed to learn a lot of things before I could get going with Deep Reveal.
ask-workload = Workload
ask-workload-lead = From 0 to 10.
tlx-1 = How mentally demanding was Deep Reveal?
tlx-2 = How strenuous was it to use Deep Reveal?
tlx-3 = How hurried or rushed was the pace of the game?
tlx-4 = How successful were you in playing Deep Reveal?
tlx-5 = How hard did you have to work to accomplish your level of performance?
tlx-6 = How insecure, discouraged, irritated, stressed, and annoyed were you?
ask-very-low = Very low
ask-very-high = Very high
ask-perfect = Perfect
ask-failure = Failure
ask-feedback = Feedback
ask-rating = How did you find the overall experience?
ask-rating-low = Poor
ask-rating-high = Excellent
ask-comment = Anything else? (optional)
ask-send = Send
ask-missing = Some answers are still missing. Please look through the page once more.
ask-thanks-title = Thank you!
ask-thanks = Your answers have arrived.
ask-early-title = Play a little more first
ask-early = { $n ->
    [one] The questions come after { $n } game.
   *[other] The questions come after { $n } games.
}

## Account

account-title = Account
account-name = User name
account-email = E-mail
account-guest = You play as a guest. Your games stay with this browser until you log out.
account-settings = Settings
account-language-lead = It is noted with the words that you type.
account-listed = Show me on the leaderboard
account-save = Save
account-saved = Saved.
account-delete-title = Delete everything
account-delete-lead = Your account, games, words and answers are deleted at once and for good.
account-delete-sure = Yes, delete all my data
account-delete = Delete everything
account-delete-unsure = Please tick the box if you really want to delete everything.
account-deleted = Everything about you is deleted. Thank you for playing.

## Privacy

privacy-title = What is stored
privacy-lead = Deep Reveal collects words for research. This page says what it keeps, what for, and how you get rid of it. By playing you agree to it.
privacy-what-title = What is kept
privacy-what-games = Of every game: the photo, your choice, how often you asked for more, the words that you typed, the time and the language of the page.
privacy-what-account = Of an account: your user name, your e-mail address and a protected form of your password from which nobody can read it.
privacy-what-questionnaire = Of the questionnaire, if you fill it in: your answers.
privacy-what-guest = Guests give no name and no address.
privacy-for-title = What for
privacy-for-words = The words name what neural networks look at in photos. They may be published.
privacy-for-pseudonym = What is passed on carries a random mark instead of a player: no name, no address.
privacy-for-email = Your e-mail address is used for one thing: to set a new password when you forgot it.
privacy-for-leaderboard = The leaderboard shows user names and scores. You can take yourself off it.
privacy-cookies-title = Cookies
privacy-cookies = Only what is needed to keep you logged in and your language. No advertising, no tracking, nothing from other sites.
privacy-care-title = A request
privacy-care = Please do not type anything about yourself or others into the game.
privacy-delete-title = Deleting it
privacy-delete = Under Account you can delete everything, at any time and without asking anybody. What was passed on before carries no name, and copies kept against accidents are overwritten in time.
privacy-delete-link = To your account

## Log in, register, new password

login-title = Log in
login-name = User name or e-mail
login-password = Password
login-submit = Log in
login-forgot = Forgot your password?
login-new = New here?
login-wrong = User name and password do not match.
login-guest = You play as a guest. An account that exists already does not get these games: they would be lost to you.
login-guest-register = Create an account to keep them
leave-title = Log out?
leave-lead = You play as a guest. Once you log out, nobody can come back to your games: score, streak and the photos that you have met are lost to you. An account keeps them.
leave-register = Create an account and keep them
leave-sure = Log out all the same
leave-stay = Stay
register-title = Create an account
register-keep = Your games as a guest come with you.
register-name = User name
register-name-hint = This is what others see on the leaderboard.
register-email = E-mail
register-email-hint = Only for a new password, if you forget it.
register-password = Password
register-password-hint = { $n ->
    [one] At least { $n } character.
   *[other] At least { $n } characters.
}
register-name-length = A user name has 2 to 30 characters.
register-name-characters = A user name needs a letter or digit and has no @.
register-name-invisible = A user name cannot have invisible characters, such as line breaks or tabs. Please type it instead of pasting it.
register-name-taken = Somebody has this user name already.
register-email-invalid = This does not look like an e-mail address.
register-email-taken = There is an account with this e-mail address already.
register-password-length = A password has 8 to 256 characters.
register-password-is-name = The password must not be your user name or e-mail address.
register-submit = Create an account
register-have = You have an account?
forgot-title = A new password
forgot-lead = Tell us the e-mail address of your account, and we send you a link.
forgot-submit = Send the link
sent-title = Look into your mail
sent-lead = If there is an account with this address, a link is on its way. It works once and only for a short time.
reset-title = A new password
reset-password = New password
reset-submit = Save it
reset-expired-title = This link no longer works
reset-expired-lead = It was used already, or too much time has passed.
reset-guest = You play as a guest. With the new password you are in your account, which does not get these games: they would be lost to you.
password-title = Change the password
password-lead = You stay logged in here and are logged out everywhere else.
password-old = Old password
password-wrong = The old password is another one.
mail-reset-subject = Deep Reveal: a new password
mail-reset =
    Hello { $name },

    somebody, hopefully you, wants to set a new password for your account at Deep Reveal. This link does it, once and within an hour:

    { $link }

    If it was not you, simply do nothing: your password stays as it is.
reset-again = Ask for a new one

## Errors

problem-again = Back to the start
problem-not-found = Only darkness here
problem-not-found-help = This page does not exist, or it is not yours.
problem-stale-page = This page was too old
problem-stale-page-help = Nothing was changed. Please go back, load the page again and try once more.
problem-session-changed = You are somebody else now
problem-session-changed-help = Since this page was loaded, somebody logged in or out, registered or deleted the account in this browser. Nothing was changed. Load the page again to go on. If you see this each time, your browser keeps no cookies, and the game needs one.
problem-wrong-method = There is nothing to see here
problem-wrong-method-help = This address takes what a page sends to it and shows nothing itself. Nothing was changed.
problem-bad-form = That did not work
problem-bad-form-help = The server could not make sense of it. Nothing was changed.
problem-too-large = That was too much
problem-too-large-help = Please write a little less.
problem-too-often = A little slower, please
problem-too-often-help = { $n ->
    [one] Too much arrived at once. Please try again in a second.
   *[other] Too much arrived at once. Please try again in { $n } seconds.
}
problem-too-often-minutes = { $n ->
    [one] Too much arrived at once. Please try again in a minute.
   *[other] Too much arrived at once. Please try again in { $n } minutes.
}
problem-internal = Something broke here
problem-internal-help = It is not your fault, and what you did before is kept. Please try again in a moment.
problem-no-space = Nothing can be kept right now
problem-no-space-help = The server has no space left, so this last step was not kept. What you did before is safe. Please try again later.
problem-busy = Back in a moment
problem-busy-help = The server is too busy right now. What you did before is kept.

## Administration

admin-title = Administration
admin-campaigns = Campaigns
admin-campaigns-none = No campaign was imported yet: deep-reveal import FOLDERS…
admin-open = Open
admin-close = Close
admin-is-open = open
admin-is-closed = closed
admin-photos = Photos
admin-maps = Cluster maps
admin-games = Games
admin-labels = Labels
admin-players = Players
admin-counts = Counts
admin-counts-lead = As in Table 5 of the thesis; finished games of every campaign.
admin-won = Won
admin-lost = Lost
admin-givenup = Given up
admin-hints = Hints a game
admin-labels-per-map = Labels a map
admin-progress = Games a map
admin-progress-lead = Fewest games first. The bar compares with the map that has most.
admin-photo = Photo
admin-layer = Layer
admin-cluster = Cluster
admin-control-photos = Control photos
admin-controls = Control games
admin-failed = Failed
admin-pseudonym = Name in the export
admin-control = control
admin-reserved = Being played
admin-trust = Trust
admin-trust-checked = Players who met a control photo
admin-trust-failed = Players who failed one
admin-trust-dropped = Games left out with them
admin-questionnaire = Questionnaire
admin-questionnaire-answers = Answers
admin-questionnaire-sus = Usability (SUS), 0 to 100, more is better
admin-questionnaire-tlx = Workload (TLX), 0 to 100, less is better
admin-questionnaire-rating = Rating, 1 to 5
admin-export = Download games.csv
