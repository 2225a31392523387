/** English words with a sentiment, written for the emulator: how good or bad what they say is, from −3 to 3. */

const words: ReadonlyArray<readonly [valence: number, words: string]> = [
  [
    3,
    "adore amazing astonishing awesome best blissful breathtaking brilliant delightful ecstatic excellent " +
    "exceptional extraordinary exquisite fabulous fantastic flawless glorious heavenly incredible love " +
    "magnificent marvelous marvellous masterpiece outstanding overjoyed perfect perfection phenomenal remarkable " +
    "sensational spectacular splendid stellar stunning sublime superb terrific thrilled thrilling triumph " +
    "wonderful wow"
  ],
  [
    2,
    "accomplish accomplishment achieve achievement admire admirable advance adventure affection affectionate " +
    "applaud appreciate appreciation appreciated attractive award beautiful beauty beloved beneficial benefit " +
    "better bless blessing bliss brave bravo breakthrough bright calm celebrate celebrated celebrating " +
    "celebration champion charm charming cheer cheerful cherish clever comfort comfortable commend compliment " +
    "confident congratulate congratulations cool courteous creative cute dazzling delicious delight delighted " +
    "dependable dream eager easy effective efficient elegant encourage encouraging encouragement energetic enjoy " +
    "enjoyable enjoyment enthusiasm enthusiastic excite excited excitement exciting expert faithful fan " +
    "fascinating favorite favourite festive flourish fortunate fortunately friendly fun funny generous generosity " +
    "gentle genius gift glad gladly gold good gorgeous grace graceful gracious grateful gratitude great happily " +
    "happiness happy harmony helpful hero honor honour hopeful humor humour ideal impress impressed impressive " +
    "innovative inspire inspiration inspiring intelligent joy joyful kindness laugh lovely loyal luck luckily " +
    "lucky luxury miracle nice optimistic passion passionate peace peaceful pleasant pleased pleasing pleasure " +
    "polite popular positive praise precious pride promising proud rejoice relaxing reliable relief relieved " +
    "respectful rewarding rich romantic satisfaction satisfied satisfy satisfying skilled smart smile smooth " +
    "smoothly spotless strong success succeed successful successfully sunny supportive talent talented tasty " +
    "thank thankful thankfully thanks thoughtful thrive thriving treasure trust trusted trustworthy valuable " +
    "vibrant victory vivid warm wealth win winner winning wisdom wise worthy yay"
  ],
  [
    1,
    "accept accurate active agree alive able adequate advantage assure available aware balance bonus careful " +
    "certain clean clear clearly consistent convenient cooperative correct decent dedicated discount durable fair " +
    "fast fine free fresh gain genuine growth guarantee handy healthy help honest hope improve improvement " +
    "interested interesting logical neat okay ok open patient practical prefer prepared productive progress " +
    "prompt promptly protect quick quickly quiet ready reasonable recommend recovery refresh resolved respect " +
    "safe safely secure sincere solution solve solved sound stable straightforward suitable sure sweet tidy true " +
    "upgrade useful welcome willing worth"
  ],
  [
    -1,
    "alone avoid bland blame bored boring busy cheap cold concern concerned costly crowded dark debt decline " +
    "decrease delay delayed deny difficult difficulty dirty doubt drop dull empty excuse expensive fall fee " +
    "forget forgot hard heavy hesitate ignore impossible inconsistent issue late lazy limit limited loud low " +
    "messy minor miss missing mixed noisy odd old overpriced overdue pity plain poorly pressure quit reluctant " +
    "repeatedly reject rejected risk risky rough shy silly skeptical slow slowly sorry stale stop strange strict " +
    "suspicious tired tough unavailable uncertain unclear unfamiliar unlikely unsure vague wait weak weird worn"
  ],
  [
    -2,
    "abandon absurd accident accuse afraid aggravate aggravating aggressive alarm angry anger annoy annoyed " +
    "annoying anxious anxiety argue arrogant ashamed attack awkward bad badly bankrupt beg bitter bitterly bother " +
    "breakdown broke broken bug burden careless catastrophe cheat clumsy collapse complain complaint confuse " +
    "confused confusing confusion corrupt crash crazy crime crisis critical criticize cry damage damaged danger " +
    "dangerous dead defect defective denied depressed depressing deprived desperate destroy disadvantage disagree " +
    "disappoint disappointed disappointing disappointment discomfort discourage discouraging dishonest dislike " +
    "dismiss disrespectful dissatisfied distress disturb disturbing dread dreary dumb embarrass embarrassed " +
    "embarrassing enemy error exhausted exhausting fail failed failure fake fault faulty fear fearful fight flaw " +
    "flawed foolish fraud frighten frightening frustrate frustrated frustrating frustration furious garbage " +
    "greedy grief gross grumpy guilt guilty harm harmful harsh hassle hell helpless hopeless hostile humiliate " +
    "hurt idiot illegal ill impatient inadequate incompetent incorrect inferior infuriating injure injury insult " +
    "insulting irritate irritated irritating jealous junk lie liar lonely lose loser loss lost mad mess misery " +
    "mislead misleading mistake mistaken mistreat nasty neglect nervous nonsense nuisance offend offensive " +
    "outrage pain painful panic pathetic poison poor problem problematic punish rage refuse regret regrettable " +
    "ridiculous rotten rude ruin ruined sad sadly sadness scam scare scared scary shame shock shocked shocking " +
    "sick steal stole stolen stress stressed stressful struggle stuck stupid suck sucks suffer suffering threat " +
    "threaten tragedy tragic trouble ugly unacceptable uncomfortable unfair unfortunate unfortunately unhappy " +
    "unhelpful unpleasant unprofessional unreliable unsafe unsatisfied unstable upset upsetting useless victim " +
    "violence violent waste wasted worry worried worrying worse worthless wreck wrong yell"
  ],
  [
    -3,
    "abuse abusive abysmal agony appalling atrocious awful brutal cruel cruelty despicable despise devastated " +
    "devastating die disaster disastrous disgrace disgraceful disgust disgusted disgusting dreadful evil fatal " +
    "hate hated hateful hatred hideous horrendous horrible horrific horrified horrifying kill loathe miserable " +
    "murder nightmare outrageous repulsive revolting terrible terrified terrifying torture toxic vile wicked " +
    "worst"
  ]
]

/** Words that the grammar makes of others lose their meaning: to be pleased is good, `please` is polite. */
const isForm = (word: string): boolean => /(?:ing|ed|ly)$/u.test(word)

/** By the word itself. */
export const valences: ReadonlyMap<string, number> = new Map(
  words.flatMap(([valence, list]) => list.split(" ").map((word) => [word, valence] as const))
)

/** Words that all forms of are as good or bad. */
export const baseWords: ReadonlyArray<readonly [word: string, valence: number]> = Array.from(valences).filter(
  ([word]) => !isForm(word)
)

const emojis: ReadonlyArray<readonly [valence: number, emojis: string]> = [
  [3, "😍🥰🤩😻💖🎉🥳"],
  [2, "😀😃😄😁😆😊🙂😇😂🤣😎👍👏🙌💪❤🧡💛💚💙💜✨🙏😘🤗🌟⭐✅"],
  [-2, "🙁☹😟😕😞😔😢😭😩😫😰😨😖😣👎😒🙄💔❌🤦😓"],
  [-3, "😡😠🤬🤮🤢💩😱"]
]

/** By the emoji, without variation selectors and skin tones. */
export const emojiValences: ReadonlyMap<string, number> = new Map(
  emojis.flatMap(([valence, list]) => Array.from(list, (emoji) => [emoji, valence] as const))
)

const set = (list: string): ReadonlySet<string> => new Set(list.split(" "))

const negations = set(
  "not no never none nobody nothing neither nor without hardly barely scarcely cannot cant dont doesnt didnt isnt " +
    "wasnt wont wouldnt couldnt shouldnt arent werent havent hasnt hadnt lack lacks lacking"
)

/** Whether it turns what follows into its opposite. */
export const isNegation = (key: string): boolean => negations.has(key) || key.endsWith("n't")

/** Say that what follows is very much so. */
export const intensifiers = set(
  "very really pretty extremely absolutely completely totally incredibly so too highly truly deeply especially " +
    "particularly exceptionally remarkably such super utterly terribly awfully insanely most more even entirely " +
    "thoroughly fully"
)

/** Say that what follows is only a little so. */
export const dampeners = set(
  "slightly somewhat fairly rather partly partially mildly moderately little bit kinda sorta almost less marginally"
)
