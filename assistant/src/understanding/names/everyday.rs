//! Words that speech recognition gets right and that are never a garbled name.

use crate::understanding::wordlist::{WordList, split};

/// True for an everyday English word, which is matched to a name only letter by letter.
pub(super) fn is_common(word: &str) -> bool {
    static COMMON: WordList = WordList::new(|| {
        split(
            "a about account actually after again all also am amount an and any are as ask at away back balance \
be because been before bill bills both but buy by call can cancel card change check come cost could day days did do does \
doing don't done down each eight either else end even ever every everything few fifty find fine first five for forty \
four friday from get give go going good got great guess had has have he hello help her here hi him his hold how hundred i \
i'd i'll i'm if in instead into is it it's its just keep kind know last late later least leave left less let let's like list \
little long look lot made make many may maybe me mean mine minute moment monday money month months more most much must my name need \
never new next nice nine no none not nothing now of off ok okay on once one only open or order other our out over owe own paid part past \
pay paying payment payments people person place please point put question quite rather real really right same saturday say \
see send sending sent set seven she should show six skip so some someone something sorry start still stop such sunday \
sure take talk tell ten than thank thanks that that's the their them then there these they thing think thirty this those thousand \
three through thursday time times to today together tomorrow too total transfer tried try tuesday twenty two under until up us use \
using very via wait want was way we wednesday week weeks well went were what when where which while who why will wire with without word \
work would wrong year years yes yesterday yet you your euro euros dollar dollars buck bucks cents pounds bring bank cash cheap \
book food home house phone went give gave bought old big small low high hot cold win won lost best better bad run ran sit sat see saw set \
electrician electricians electronics electrical waiter waitress waiters tower towers shower powder rental rentals renter parent parents \
tenant painter plumber builder cleaner gardener driver doctor dentist lawyer teacher tutor nanny sitter barber baker butcher tailor farmer \
writer singer dancer heater heaters intern interns internal interest landlady ladies lady guest guests grass glass class gate gates \
car cars taxi cab train gym school shop store market restaurant hotel flight ticket tickets parking garage insurance tax taxes council \
church club team charity company office boss neighbour neighbor friend cousin uncle aunt nephew niece mother father sister brother",
        )
    });
    COMMON.has(word)
}

/// Characters of everyday Chinese words; a window with one of them is no garbled name.
pub(super) fn is_common_character(c: char) -> bool {
    "我你您他她它的了是不在那哪这里么吗呢吧啊要想给和跟就也都还没有个一二三四五六七八九十百千万块元多少什怎把被让很再"
        .contains(c)
}
