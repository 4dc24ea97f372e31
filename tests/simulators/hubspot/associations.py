"""Which records belong together, both ways, with the types of each link."""

from collections import defaultdict

from . import facts

HUBSPOT, USER = "HUBSPOT_DEFINED", "USER_DEFINED"


class AssociationGraph:
    """Links between records of any two types. Not thread-safe: the store locks.

    Every link has the unlabelled type; a first company of a contact, deal or ticket
    gets the primary type as well, as in the product [3P observed on deals: 341 with
    label null, then 5 "Primary"].
    """

    def __init__(self):
        self._links = defaultdict(dict)
        self._labels = defaultdict(dict)
        self._mirrored = dict(facts.MIRRORED_TYPES)
        #: As ``facts.ASSOCIATION_TYPES``, with those of the account's own objects.
        self.types = dict(facts.ASSOCIATION_TYPES)

    def define_pair(self, one, other):
        """Let records of an account's own object be linked with those of another."""
        numbers = {number for pair in self.types.values() for number in pair if number}
        there = max(numbers) + 1
        self.types[one, other] = (there, None)
        self.types[other, one] = (there + 1, None)

    # Labels

    def define_label(self, from_type, to_type, label, inverse=None):
        """Add a label of the account's own; returns its ids, there and back.

        A label has an id in each direction; ``inverse`` names it differently on the
        way back, as Manager and Employee. [S associations schema guide]
        """
        if (from_type, to_type) not in self.types:
            raise ValueError(f"{from_type} and {to_type} cannot be associated")
        taken = {number for labels in self._labels.values() for number in labels}
        there = max(taken, default=facts.FIRST_LABEL - 1) + 1
        single = from_type == to_type and inverse in (None, label)
        back = there if single else there + 1
        self._labels[from_type, to_type][there] = label
        self._labels[to_type, from_type][back] = inverse or label
        self._mirrored[there], self._mirrored[back] = back, there
        return there, back

    def forget_label(self, from_type, to_type, type_id):
        """Remove a label and what it says of any link."""
        back = self._mirrored.pop(type_id)
        self._mirrored.pop(back, None)
        for pair, number in (
            ((from_type, to_type), type_id),
            ((to_type, from_type), back),
        ):
            self._labels[pair].pop(number, None)
            for partners in self._links[pair].values():
                for types in partners.values():
                    if number in types:
                        types.remove(number)

    def known(self, from_type, to_type):
        """``{type id: (category, label or None)}`` of a pair of object types."""
        pair = self.types.get((from_type, to_type))
        if pair is None:
            return {}
        labels = {pair[0]: None}
        if pair[1]:
            labels[pair[1]] = "Primary"
        labels.update(facts.LABELLED_TYPES.get((from_type, to_type), {}))
        known = {number: (HUBSPOT, label) for number, label in labels.items()}
        own = self._labels[from_type, to_type]
        return known | {number: (USER, label) for number, label in own.items()}

    def mirror(self, from_type, to_type, type_id):
        """The type id of the same link seen from the other side."""
        if type_id in self._mirrored:
            return self._mirrored[type_id]
        there = self.types[from_type, to_type]
        back = self.types[to_type, from_type]
        return back[1] if type_id == there[1] and back[1] else back[0]

    # Links

    def partners(self, from_type, from_id, to_type):
        """``{to id: [type id, ...]}`` in the order the links were made."""
        return self._links[from_type, to_type].get(from_id, {})

    def has_any(self, from_type, to_type):
        """Whether any link of that kind was ever made."""
        return bool(self._links[from_type, to_type])

    def link(self, from_type, from_id, to_type, to_id, type_ids=None):
        """Link two records; returns the type ids the link has now, from-side.

        ``type_ids`` None asks for the default link.
        """
        unlabelled, primary = self.types[from_type, to_type]
        partners = self._links[from_type, to_type].setdefault(from_id, {})
        if type_ids is None:
            wanted = [unlabelled]
            if primary and self._wants_primary(from_type, partners, primary):
                wanted.append(primary)
        else:
            wanted = [unlabelled, *(each for each in type_ids if each != unlabelled)]
        if primary in wanted:
            self._drop_primary(from_type, from_id, to_type, primary)
        for type_id in wanted:
            self._set(from_type, from_id, to_type, to_id, type_id)
        return list(self.partners(from_type, from_id, to_type)[to_id])

    def unlink(self, from_type, from_id, to_type, to_id):
        """Remove every link between two records; tells whether there was one."""
        there = self._links[from_type, to_type].get(from_id, {}).pop(to_id, None)
        self._links[to_type, from_type].get(to_id, {}).pop(from_id, None)
        return there is not None

    def unlabel(self, from_type, from_id, to_type, to_id, type_ids):
        """Take types away from a link; without any left it is none."""
        for one, its_id, other, other_id, ids in (
            (from_type, from_id, to_type, to_id, type_ids),
            (
                to_type,
                to_id,
                from_type,
                from_id,
                [self.mirror(from_type, to_type, each) for each in type_ids],
            ),
        ):
            types = self._links[one, other].get(its_id, {}).get(other_id, [])
            types[:] = [each for each in types if each not in ids]
        if not self.partners(from_type, from_id, to_type).get(to_id):
            self.unlink(from_type, from_id, to_type, to_id)

    def forget(self, object_type, record_id):
        """Remove every link of a record."""
        for (from_type, to_type), links in list(self._links.items()):
            if from_type == object_type:
                for to_id in list(links.get(record_id, ())):
                    self.unlink(from_type, record_id, to_type, to_id)
                links.pop(record_id, None)

    def move(self, object_type, old_id, new_id):
        """Give a record's links to another one (a merge)."""
        for (from_type, to_type), links in list(self._links.items()):
            if from_type != object_type or old_id not in links:
                continue
            for to_id, type_ids in list(links[old_id].items()):
                already = self.partners(from_type, new_id, to_type)
                primary = self.types[from_type, to_type][1]
                taken = any(primary in types for types in already.values())
                kept = [each for each in type_ids if not (taken and each == primary)]
                self.link(from_type, new_id, to_type, to_id, kept)
                self.unlink(from_type, old_id, to_type, to_id)

    def _wants_primary(self, from_type, partners, primary):
        return from_type != "companies" and not any(
            primary in type_ids for type_ids in partners.values()
        )

    def _drop_primary(self, from_type, from_id, to_type, primary):
        mirrored = self.types[to_type, from_type][1]
        for to_id, type_ids in self.partners(from_type, from_id, to_type).items():
            if primary in type_ids:
                type_ids.remove(primary)
                back = self.partners(to_type, to_id, from_type).get(from_id, [])
                if mirrored in back:
                    back.remove(mirrored)

    def _set(self, from_type, from_id, to_type, to_id, type_id):
        for one, its_id, other, other_id, its_type in (
            (from_type, from_id, to_type, to_id, type_id),
            (
                to_type,
                to_id,
                from_type,
                from_id,
                self.mirror(from_type, to_type, type_id),
            ),
        ):
            types = self._links[one, other].setdefault(its_id, {})
            types = types.setdefault(other_id, [])
            if its_type not in types:
                types.append(its_type)


def type_name(from_type, to_type, type_id):
    """The name a list request gives a type: ``contact_to_company_unlabeled``.

    [M]: the primary type has the plain name, the unlabelled one the suffix, unless a
    pair has no primary type.
    """
    one = facts.kind(from_type).singular
    other = facts.kind(to_type).singular
    unlabelled, primary = facts.ASSOCIATION_TYPES.get((from_type, to_type), (0, None))
    if type_id >= facts.FIRST_LABEL:
        return f"label_{type_id}"
    if type_id in facts.MIRRORED_TYPES:
        return "child_to_parent_company" if type_id == 14 else "parent_to_child_company"
    suffix = "_unlabeled" if primary and type_id == unlabelled else ""
    return f"{one}_to_{other}{suffix}"
