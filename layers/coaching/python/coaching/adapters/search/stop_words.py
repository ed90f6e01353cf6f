"""Words too common to tell one passage from another: articles, pronouns, auxiliaries, prepositions, question words.

Only the commonest: what BM25 finds in most passages counts next to nothing anyway. Over `dtc_faq` and `fitness`
(`benchmarks/retrieval.py`) the English list gave .015 nDCG@10 more than Lucene's 33 words, whose users ask in no
questions: "how do I" stands there in every query.
"""

from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH: Final = _words("""
    a about an and any are as at be been being but by can can't could did didn't do does doesn't doing don't for
    from had has have having he her hers him his how i i'd i'll i'm i've if in into is isn't it it's its me my no
    nor not of on or our ours she should so some such than that that's the their theirs them then there these they
    this those to too was we we're were what when where which who whom why will with won't would you you're your
    yours
""")
STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "danish": _words("""
        af alle alt at da de dem den denne der deres det dette dig din du efter eller en er et for fra ham han har havde
        hende hendes her hun hvad hvem hvis hvor hvordan hvorfor i ikke jeg jer kan man med meget men mig min når og om
        os på sig skal som til ud var vi vil være
    """),
    "dutch": _words("""
        aan al als bij dan dat de den der deze die dit doe door een en er ge geen had heb hebben heeft het hij hoe hun
        ik in is je kan kun kunnen maar me men met mij mijn moet na naar niet of om onder ons ook op over te tot u uit
        van voor waar waarom wanneer was wat we wel werd wie wij wil worden wordt ze zich zij zijn zo zou
    """),
    "finnish": _words("""
        ei eivät en he hän ja jos jotka joka kanssa kuin kuinka kun me mikä miksi mitä miten minä minun missä mutta ne
        niin nyt ole oli olen olla on että sekä se sen sinä sitä tai te tämä vaan voi voin
    """),
    "french": _words("""
        à ai as au aux avec avoir c'est ce ces cet cette comment d dans de des donc du elle elles en est et eu être fait
        il ils j'ai je l la le les leur lui m ma mais me mes moi mon n ne nos notre nous on ou où par pas peut plus pour
        pourquoi qu quand que quel quelle qui s sa se ses si son sont sur t ta te tes toi ton tu un une vos votre vous y
    """),
    "german": _words("""
        aber als am an auch auf aus bei bin bis bist da damit dann das dass dein deine dem den der des die dir dich du
        durch ein eine einem einen einer eines er es für haben hat hatte ich ihm ihn ihr im in ist ja kann kein keine
        können man mein meine mich mir mit muss nach nicht noch nur ob oder ohne sein seine sich sie sind so über um und
        uns unter vom von vor wann war warum was weil wenn wer werden wie wieso will wir wird wo zu zum zur
    """),
    "hungarian": _words("""
        a az és egy ez hogy hogyan ha is de nem van volt vagy mert mi miért mikor mit ki kell lehet már még meg mint
        csak azt ezt én te ő azok ezek
    """),
    "italian": _words("""
        a ad ai al alla alle allo anche c'è che chi ci come con cosa cui da dal dalla dei del della delle dello di dove
        e è ed gli ha hai ho i il in io l la le lei lo loro lui ma me mi mia mio ne nei nel nella no noi non o per
        perché più quale quando quella quello questa questo se si sono su sua sul sulla suo te ti tra tu tua tuo un una
        uno vi voi
    """),
    "norwegian": _words("""
        alle at av da de deg dem den denne der deres det dette din du eller en er et etter for fra han har hun hva hvem
        hvis hvor hvordan hvorfor i ikke jeg kan man med meg men min når og også om på seg skal som til ut var vi vil
        være
    """),
    "portuguese": _words("""
        a ao aos as à às com como da das de dela dele do dos e é ela elas ele eles em essa esse esta está este eu foi
        há isso isto já lhe mais mas me meu minha muito na não nas no nos nós num numa o onde os ou para pela pelo por
        porque qual quando que quem se sem ser seu sua são só também te tem tenho um uma você
    """),
    "romanian": _words("""
        a ai al ale am ar are as au ca când care ce cu cum de din după e ea ei el este eu fi în îl îmi îți la le lui mai
        me mi nu o pe pentru prin sa sau se și să sunt te tu un unde unei unui va vă
    """),
    "russian": _words("""
        а без бы был была были было быть в вам вас во вот все вы где да для до его ее её если есть еще ещё же за и из
        или им их к как когда кто ли меня мне можно мой мы на надо не него нет ни но о об он она они от по почему при с
        со так также то только ты у уже что чтобы это этот я
    """),
    "spanish": _words("""
        a al algo como cómo con cual cuál cuando cuándo de del desde donde dónde e el él ella ellas ellos en entre era
        es esa ese eso esta está este esto estoy fue ha hace hay he la las le les lo los más me mi mí mis muy nada ni
        no nos o para pero por porque qué que quien quién se ser si sí sin sobre son su sus también te tengo tiene tu tú
        un una uno y ya yo
    """),
    "swedish": _words("""
        alla att av de dem den denna deras det detta dig din du där då efter eller en ett från för ha han har hon hur
        här i inte jag kan man med men mig min mot när och om oss på sig ska skall som till ut vad varför var vara vem
        vi vill är
    """),
    "turkish": _words("""
        acaba ama ancak bana ben beni benim bir biz bu bunu çok da daha de değil diye en gibi hem hep her için ile ise
        kadar ki kim mi mı mu mü nasıl ne neden nerede niçin niye o olan olarak ona onu sana sen seni siz şu ve veya ya
    """),
}
