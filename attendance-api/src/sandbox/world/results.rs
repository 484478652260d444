//! Results: from plans, punches, approvals and corrections to what became of each side of a day.
//!
//! Nothing is kept; a day is judged anew whenever somebody asks. The limits are those of the shift; where the sources
//! are silent (which of several punches counts, when a missing one turns from open to missing) the simplest rule
//! stands: the first punch before the middle of a segment is its on, the last one its off.

use super::World;
use super::approvals::{APPROVED, What};
use super::calendar::{DAY_SECONDS, Day, Zone, weekday};
use super::flows::{Flow, State};
use super::groups::{Kind, Plan};
use super::shifts::{Segment, Times};

/// What became of a day.
#[derive(Debug, Clone)]
pub(crate) struct DayResult {
    pub(crate) day: Day,
    pub(crate) group: Option<usize>,
    pub(crate) shift: ShiftOf,
    pub(crate) zone: Zone,
    pub(crate) pairs: Vec<Pair>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShiftOf {
    Rest,
    /// Of nobody's choosing: no group, or a group without shift times.
    Default,
    Shift(usize),
}

/// Two sides that belong together.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) on: Side,
    pub(crate) off: Side,
    pub(crate) overtime: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Side {
    /// When the punch was due, in seconds.
    pub(crate) due: i64,
    pub(crate) flow: Option<Flow>,
    pub(crate) verdict: Verdict,
    pub(crate) supplement: &'static str,
    /// Minutes by which it was late or early.
    pub(crate) missed: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    NoNeedCheck,
    Normal,
    Early,
    Late,
    SeriousLate,
    Lack,
    Todo,
}

impl Verdict {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NoNeedCheck => "NoNeedCheck",
            Self::Normal => "Normal",
            Self::Early => "Early",
            Self::Late => "Late",
            Self::SeriousLate => "SeriousLate",
            Self::Lack => "Lack",
            Self::Todo => "Todo",
        }
    }
}

/// What a day asks for.
enum Asked<'a> {
    Nothing,
    Times(&'a Times),
    Free(&'a Plan),
}

/// Judges a day of an employee; `None` if there is no row for it.
pub(crate) fn judge(world: &World, now: i64, user: usize, day: Day) -> Option<DayResult> {
    let person = world.people.get(user);
    if person.left.is_some_and(|left| left < day)
        || person.joined.is_some_and(|joined| joined > day)
    {
        return None;
    }
    let zone = world.zone_of(user, day);
    let today = zone.day_of(now);
    if day > today + 1 {
        return None;
    }
    let group = world.groups.of_user(user, day);
    let plan = group.and_then(|group| world.groups.plan(group, day));
    let (shift, mut asked) = asked(world, user, day, plan);
    if plan.is_some_and(|plan| plan.exempt.contains(&person.id)) {
        asked = Asked::Nothing;
    }
    let at = At {
        world,
        now,
        user,
        day,
        zone,
    };
    let pairs = if day > today {
        Vec::new()
    } else {
        at.pairs(&asked)
    };
    Some(DayResult {
        day,
        group: plan.and(group),
        shift,
        zone,
        pairs,
    })
}

fn asked<'a>(
    world: &'a World,
    user: usize,
    day: Day,
    plan: Option<&'a Plan>,
) -> (ShiftOf, Asked<'a>) {
    let Some(plan) = plan else {
        return (ShiftOf::Default, Asked::Nothing);
    };
    let row = world.schedules.get(user, day);
    let planned = row.and_then(|row| row.shift());
    let temporary = planned.filter(|shift| world.shifts.get(*shift).temporary);
    let shift = match plan.kind {
        _ if temporary.is_some() => temporary,
        Kind::Fixed => plan.shift_on(day),
        Kind::Scheduled => planned,
        Kind::Free if plan.free.days[weekday(day)] => return (ShiftOf::Default, Asked::Free(plan)),
        Kind::Free => None,
    };
    match shift {
        Some(shift) => (
            ShiftOf::Shift(shift),
            Asked::Times(&world.shifts.get(shift).times),
        ),
        None => (ShiftOf::Rest, Asked::Nothing),
    }
}

/// The times of the shift that somebody has on a day.
pub(crate) fn planned_times(world: &World, user: usize, day: Day) -> Option<&Times> {
    let plan = world.groups.plan(world.groups.of_user(user, day)?, day)?;
    match asked(world, user, day, Some(plan)).1 {
        Asked::Times(times) => Some(times),
        Asked::Nothing | Asked::Free(_) => None,
    }
}

/// A day of somebody, at a moment.
struct At<'a> {
    world: &'a World,
    now: i64,
    user: usize,
    day: Day,
    zone: Zone,
}

impl At<'_> {
    fn pairs(&self, asked: &Asked<'_>) -> Vec<Pair> {
        match asked {
            Asked::Nothing => vec![self.not_asked()],
            Asked::Free(plan) => self.free(plan),
            Asked::Times(times) => {
                let count = times.segments.len();
                (0..count).map(|index| self.segment(times, index)).collect()
            }
        }
    }

    /// Seconds of a time of this day, in minutes after its midnight.
    fn moment(&self, minutes: i64) -> i64 {
        self.zone
            .to_unix(i64::from(self.day) * DAY_SECONDS + minutes * 60)
    }

    fn flows(&self, from: i64, to: i64) -> impl DoubleEndedIterator<Item = Flow> {
        let flows = &self.world.flows;
        flows
            .between(self.user, from, to)
            .iter()
            .copied()
            .filter(|flow| flows.detail(*flow).state != State::Invalid)
    }

    /// A day that asks for nothing; punches on it are shown.
    fn not_asked(&self) -> Pair {
        let (from, to) = (self.moment(0), self.moment(24 * 60));
        let on = self.flows(from, to).next();
        let off = self
            .flows(from, to)
            .next_back()
            .filter(|flow| Some(*flow) != on);
        Pair {
            on: self.waived(from, on),
            off: self.waived(to, off),
            overtime: false,
        }
    }

    fn waived(&self, due: i64, flow: Option<Flow>) -> Side {
        Side {
            due,
            flow,
            verdict: Verdict::NoNeedCheck,
            supplement: "None",
            missed: 0,
        }
    }

    fn segment(&self, times: &Times, index: usize) -> Pair {
        let segment = &times.segments[index];
        let (on_due, off_due) = (self.moment(segment.on), self.moment(segment.off));
        let (from, to) = self.window(times, index);
        let middle = on_due + (off_due - on_due) / 2;
        let on_end = if segment.off_not_needed { to } else { middle };
        let first = self
            .flows(from, on_end + 1)
            .next()
            .filter(|_| !segment.on_not_needed);
        let last = self
            .flows(from, to + 1)
            .next_back()
            .filter(|flow| Some(*flow) != first && !segment.off_not_needed);
        // With flexible hours the off moves as far as the on did.
        let moved = first.map_or(0, |flow| {
            let minutes = (i64::from(flow.time) - on_due).div_euclid(60);
            minutes.clamp(-times.flexible_early, times.flexible_late)
        });
        let mut on = judge_on(segment, times, on_due, first);
        let mut off = judge_off(segment, off_due, off_due + moved * 60, last);
        on.verdict = self.open(on, on_end);
        off.verdict = self.open(off, to);
        self.supplement(&mut on, index, 1);
        self.supplement(&mut off, index, 2);
        Pair {
            on,
            off,
            overtime: false,
        }
    }

    /// From when to when punches count for a segment; neighbours share the gap between them.
    fn window(&self, times: &Times, index: usize) -> (i64, i64) {
        let segment = &times.segments[index];
        let mut from = segment.on - segment.advance.max(times.flexible_early);
        let mut to = segment.off + segment.delay.max(times.flexible_late);
        if let Some(before) = index.checked_sub(1).map(|before| &times.segments[before]) {
            from = from.max(before.off + (segment.on - before.off) / 2 + 1);
        }
        if let Some(after) = times.segments.get(index + 1) {
            to = to.min(segment.off + (after.on - segment.off) / 2);
        }
        (self.moment(from), self.moment(to))
    }

    /// A missing punch is open until nobody can make it any more.
    fn open(&self, side: Side, until: i64) -> Verdict {
        if side.verdict == Verdict::Lack && side.flow.is_none() && self.now <= until {
            return Verdict::Todo;
        }
        side.verdict
    }

    fn supplement(&self, side: &mut Side, index: usize, work_type: i64) {
        let world = self.world;
        if let Some(flow) = side.flow {
            let detail = world.flows.detail(flow);
            side.supplement = match detail.kind {
                1 => "ManagerModification",
                2 => "CardReplacement",
                _ if detail.is_field => "FieldPunch",
                _ => "None",
            };
        }
        if world
            .remedies
            .pending(self.user, self.day, index as i64, work_type)
        {
            side.supplement = "CardReplacementApplication";
        }
        if let Some(what) = world.approvals.absence(self.user, side.due, work_type == 2) {
            side.verdict = Verdict::NoNeedCheck;
            side.supplement = match what {
                What::Leave => "Leave",
                What::Trip => "Travel",
                What::Out | What::Overtime => "GoOut",
            };
        }
    }

    /// A group without shift times: punches are paired as they come.
    fn free(&self, plan: &Plan) -> Vec<Pair> {
        let (from, to) = (self.moment(plan.free.from), self.moment(plan.free.to));
        let flows: Vec<Flow> = self.flows(from, to + 1).collect();
        let normal = |due, flow| Side {
            due,
            flow: Some(flow),
            verdict: Verdict::Normal,
            supplement: "None",
            missed: 0,
        };
        let missing = |due| {
            let verdict = if self.now <= to {
                Verdict::Todo
            } else if plan.free.lack {
                Verdict::Lack
            } else {
                Verdict::NoNeedCheck
            };
            Side {
                due,
                flow: None,
                verdict,
                supplement: "None",
                missed: 0,
            }
        };
        let mut pairs: Vec<Pair> = flows
            .chunks(2)
            .map(|two| Pair {
                on: normal(from, two[0]),
                off: two
                    .get(1)
                    .map_or_else(|| missing(to), |flow| normal(to, *flow)),
                overtime: false,
            })
            .collect();
        if pairs.is_empty() {
            pairs.push(Pair {
                on: missing(from),
                off: missing(to),
                overtime: false,
            });
        }
        for pair in &mut pairs {
            self.supplement(&mut pair.on, 0, 0);
        }
        pairs
    }
}

fn judge_on(segment: &Segment, times: &Times, due: i64, flow: Option<Flow>) -> Side {
    let mut side = Side {
        due,
        flow,
        verdict: Verdict::Lack,
        supplement: "None",
        missed: 0,
    };
    if segment.on_not_needed {
        side.verdict = Verdict::NoNeedCheck;
    } else if let Some(flow) = flow {
        let late = (i64::from(flow.time) - due).div_euclid(60) - times.flexible_late;
        side.verdict = if over(late, segment.late_lack) {
            Verdict::Lack
        } else if over(late, segment.serious_late) {
            Verdict::SeriousLate
        } else if late > segment.late {
            Verdict::Late
        } else {
            Verdict::Normal
        };
        side.missed = if side.verdict == Verdict::Normal {
            0
        } else {
            late
        };
    }
    side
}

fn judge_off(segment: &Segment, due: i64, moved: i64, flow: Option<Flow>) -> Side {
    let mut side = Side {
        due,
        flow,
        verdict: Verdict::Lack,
        supplement: "None",
        missed: 0,
    };
    if segment.off_not_needed {
        side.verdict = Verdict::NoNeedCheck;
    } else if let Some(flow) = flow {
        let early = (moved - i64::from(flow.time)).div_euclid(60);
        side.verdict = if over(early, segment.early_lack) {
            Verdict::Lack
        } else if early > segment.early {
            Verdict::Early
        } else {
            Verdict::Normal
        };
        side.missed = if side.verdict == Verdict::Normal {
            0
        } else {
            early
        };
    }
    side
}

/// A limit of zero is none.
fn over(minutes: i64, limit: i64) -> bool {
    limit > 0 && minutes > limit
}

/// How long before and after overtime a punch counts for it.
const OVERTIME_BEFORE: i64 = 2 * 3600;
const OVERTIME_AFTER: i64 = 4 * 3600;

/// Adds the pairs of approved overtime to a day. Overtime that follows a shift at once shares its punch.
pub(crate) fn add_overtime(world: &World, now: i64, user: usize, result: &mut DayResult) {
    let at = At {
        world,
        now,
        user,
        day: result.day,
        zone: result.zone,
    };
    for approval in world.approvals.of(user) {
        let counts = approval.what == What::Overtime
            && approval.status == APPROVED
            && result.zone.day_of(approval.start) == result.day
            && !world.approvals.own_overtime.contains(&(user, result.day));
        if !counts {
            continue;
        }
        let (start, end) = (approval.start, approval.end);
        let touching = result
            .pairs
            .iter()
            .find(|pair| pair.off.due == start)
            .and_then(|pair| pair.off.flow);
        let middle = start + (end - start) / 2;
        let on = touching.or_else(|| at.flows(start - OVERTIME_BEFORE, middle + 1).next());
        let off = at
            .flows(middle.min(start + 1), end + OVERTIME_AFTER + 1)
            .next_back();
        let off = off.filter(|flow| touching.is_some() || Some(*flow) != on);
        let side = |due, flow: Option<Flow>, until| Side {
            due,
            flow,
            verdict: match flow {
                Some(_) => Verdict::Normal,
                None if now <= until => Verdict::Todo,
                None => Verdict::Lack,
            },
            supplement: "None",
            missed: 0,
        };
        result.pairs.push(Pair {
            on: side(start, on, middle),
            off: side(end, off, end + OVERTIME_AFTER),
            overtime: true,
        });
    }
}
