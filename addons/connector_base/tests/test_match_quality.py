from odoo.tests import tagged

from .common_match import MatchCase
from .common_vendor import remote
from .labelled import Measured, World

#: Records of each kind.
SIZE = 1500
PAGE = 300


@tagged("post_install", "-at_install")
class TestMatchQuality(MatchCase):
    """How often matching is right, measured on a labelled set with dirt in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = World(SIZE)
        cls.countries = {
            country.code: country.id for country in cls.env["res.country"].search([])
        }
        cls.companies = cls.create_partners(cls.world.companies.ours)
        cls.people = cls.create_partners(cls.world.people.ours)

    @classmethod
    def create_partners(cls, vals_list):
        quick = cls.env["res.partner"].with_context(
            no_vat_validation=True, tracking_disable=True
        )
        skipped = ("country", "parent", "domain", "switchboard")
        return quick.create(
            [
                {
                    **{name: v for name, v in vals.items() if name not in skipped},
                    "country_id": cls.countries[vals["country"]],
                    **(
                        {"parent_id": cls.companies[vals["parent"]].id}
                        if "parent" in vals
                        else {}
                    ),
                }
                for vals in vals_list
            ]
        )

    def measure(self, stream, labelled, partners):
        matcher = self.env["connector.matcher"]
        run = matcher._run(self.flow(stream))
        measured = Measured()
        theirs = list(enumerate(labelled.theirs))
        for start in range(0, len(theirs), PAGE):
            page = theirs[start : start + PAGE]
            judged = matcher._judge(
                run, [remote(number, **values) for number, (values, _here) in page]
            )
            for mapped, (_number, (_values, here)) in zip(judged, page, strict=True):
                measured.add(mapped, None if here is None else partners[here].id)
        # Seen with pytest -s.
        print(  # pylint: disable=print-used
            f"{stream}: precision {measured.precision:.4f}, recall"
            f" {measured.recall:.4f}; {measured.linked} of {measured.total} linked,"
            f" {measured.right} right, {measured.asked} asked about,"
            f" {measured.pairs} in Odoo"
        )
        return measured

    def bind_companies(self):
        self.env["connector.binding"].create(
            [
                {
                    "connection_id": self.connection.id,
                    "company_id": self.env.company.id,
                    "flow_id": self.flow("companies").id,
                    "entity": "customer.company",
                    "remote_id": str(number),
                    "res_model": "res.partner",
                    "res_id": self.companies[here].id,
                }
                for number, (_v, here) in enumerate(self.world.companies.theirs)
                if here is not None
            ]
        )

    def test_links_of_companies_are_right_and_few_companies_are_missed(self):
        self.rule("companies", "fuzzy_name").active = True
        measured = self.measure("companies", self.world.companies, self.companies)
        self.assertGreaterEqual(measured.precision, 0.995)
        self.assertGreaterEqual(measured.recall, 0.95)
        # Most of it needs nobody.
        self.assertLess(measured.asked, 0.3 * measured.total)

    def test_links_of_people_are_right_and_few_people_are_missed(self):
        self.bind_companies()
        measured = self.measure("contacts", self.world.people, self.people)
        self.assertGreaterEqual(measured.precision, 0.995)
        self.assertGreaterEqual(measured.recall, 0.95)
        self.assertLess(measured.asked, 0.3 * measured.total)
