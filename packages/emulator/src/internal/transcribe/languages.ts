/** What tells the languages apart that can be detected: those of Deepgram's language detection, Arabic and Polish. */

/** How the words of a language are written. */
export type Script = "latin" | "cyrillic" | "arabic" | "devanagari" | "hangul" | "han" | "kana"

/** A language that can be detected. */
export interface Language {
  /** BCP-47. */
  readonly code: string
  readonly script: Script
  /** The letters it has besides a to z. */
  readonly letters: string
  /** Words that are frequent in it. */
  readonly words: string
}

/** In each script the language to assume when nothing speaks for any goes first. */
export const languages: ReadonlyArray<Language> = [
  {
    code: "en",
    script: "latin",
    letters: "",
    words: "the of and to in is that it was for on are as with his they at be this have from or had by but not what " +
      "all were we when your can said there an each which she do how their if will you my me so would just like yes " +
      "no hello good morning thank thanks please he i a our about has been her him who know am i'm it's don't"
  },
  {
    code: "es",
    script: "latin",
    letters: "áéíóúüñ",
    words: "de la que el en y a los se del las un por con no una su para es al lo como más pero sus le ya o este sí " +
      "porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante hola buenos " +
      "días gracias está qué son soy tengo yo tú usted ustedes bien mi"
  },
  {
    code: "fr",
    script: "latin",
    letters: "àâæçéèêëîïôœùûüÿ",
    words: "le la les de des un une et est en que qui dans du pour pas au sur ne se ce il elle sont avec plus par je " +
      "tu nous vous ils mais ou où leur son sa ses cette c'est j'ai n'est bonjour merci oui non très bien tout fait " +
      "comme même si on mon ma mes votre quoi être avoir"
  },
  {
    code: "de",
    script: "latin",
    letters: "äöüß",
    words:
      "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er " +
      "hat dass sie nach wird bei einer um am sind noch wie einem über so zum war haben nur oder aber vor zur bis " +
      "mehr durch ich wir ihr du guten tag morgen danke bitte ja nein hallo mein kein was"
  },
  {
    code: "it",
    script: "latin",
    letters: "àèéìíîòóùú",
    words: "di che e la il un a per in una mi sono ho non ti lo si le da come ma ci del della con questo quello se " +
      "più anche gli i al cosa tutto bene sì no ha perché sei io nel alla dei delle buongiorno ciao grazie è era " +
      "hanno molto suo loro quando chi"
  },
  {
    code: "pt",
    script: "latin",
    letters: "àáâãçéêíóôõúü",
    words:
      "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu " +
      "sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era olá bom dia obrigado " +
      "obrigada você sim são tenho meu minha"
  },
  {
    code: "nl",
    script: "latin",
    letters: "áéëèïóöü",
    words:
      "de het een en van ik te dat die in je is niet op aan met als voor zijn er maar om hem dan zou of wat mijn " +
      "men dit zo door over ze zich bij ook tot u wij we naar heeft hebben deze hij zij ja nee hallo goedemorgen " +
      "dank bedankt goed kan geen nog wel waar"
  },
  {
    code: "sv",
    script: "latin",
    letters: "åäöé",
    words: "och i att det som en på är av för med den till inte har de ett om jag han men var sig från vi så kan när " +
      "hon nu ut hade eller vad mycket här ska hej tack god morgon du min din ja nej mig dig oss också där hur bra " +
      "alla efter"
  },
  {
    code: "tr",
    script: "latin",
    letters: "çğıöşüâîû",
    words:
      "ve bir bu da de için ile çok ama ne o gibi daha var ben sen biz siz olarak kadar en mi mı mu mü değil her " +
      "şey evet hayır merhaba günaydın teşekkür ederim nasıl iyi ki şu sonra ya ise bana beni olan oldu yok neden " +
      "diye"
  },
  {
    code: "id",
    script: "latin",
    letters: "é",
    words: "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut bisa ada mereka " +
      "lebih kata tahun sudah atau saat oleh menjadi kami kita anda aku dia apa selamat pagi terima kasih ya bukan " +
      "adalah sangat baik"
  },
  {
    code: "pl",
    script: "latin",
    letters: "ąćęłńóśźż",
    words: "i w na z do się nie to że jest o a jak po co tak za od ale dla czy przez tym już tylko są był była mnie " +
      "ja ty my wy oni go jego jej ich dzień dobry dziękuję proszę cześć bardzo może być przy też"
  },
  {
    code: "ru",
    script: "cyrillic",
    letters: "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    words: "и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой ещё от так о для ты " +
      "же все как да его было вы меня привет спасибо доброе утро если только мне есть нет очень"
  },
  {
    code: "uk",
    script: "cyrillic",
    letters: "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    words: "і в не на я бути він з що а по це вона цей до але вони ми який та у за свій ще від так для ти ж все як " +
      "його було ви мене привіт дякую добрий ранок якщо тільки мені є ні дуже"
  },
  { code: "ar", script: "arabic", letters: "", words: "" },
  { code: "hi", script: "devanagari", letters: "", words: "" },
  { code: "ko", script: "hangul", letters: "", words: "" },
  { code: "ja", script: "kana", letters: "", words: "" },
  { code: "zh", script: "han", letters: "", words: "" }
]
