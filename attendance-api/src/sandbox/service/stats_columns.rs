//! The columns of the two reports: code, titles, whether a new view shows them.
//!
//! A tenant's own list varies; this one has the columns that every tenant was seen to have.

/// A group of columns.
pub(super) struct Heading {
    pub(super) code: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    pub(super) columns: &'static [Column],
}

pub(super) struct Column {
    pub(super) code: &'static str,
    zh: &'static str,
    en: &'static str,
    pub(super) shown: bool,
}

const fn on(code: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column {
        code,
        zh,
        en,
        shown: true,
    }
}

const fn off(code: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column {
        code,
        zh,
        en,
        shown: false,
    }
}

impl Column {
    pub(super) fn title(&self, locale: &str) -> &'static str {
        if locale == "zh" { self.zh } else { self.en }
    }
}

impl Heading {
    pub(super) fn title(&self, locale: &str) -> &'static str {
        if locale == "zh" { self.zh } else { self.en }
    }
}

const BASICS: Heading = Heading {
    code: "501",
    zh: "基本信息",
    en: "Basics",
    columns: &[
        on("50101", "姓名", "Name"),
        on("50102", "部门", "Department"),
        off("50111", "组织路径", "Department path"),
        on("50103", "工号", "Employee number"),
        off("50104", "邮箱", "E-mail"),
        off("50105", "雇员类型", "Employment type"),
        off("50107", "入职日期", "Joined"),
        off("50108", "离职日期", "Left"),
        off("50109", "在职状态", "Status"),
        off("50110", "直属上级", "Manager"),
    ],
};

pub(super) const DAILY: &[Heading] = &[
    BASICS,
    Heading {
        code: "512",
        zh: "班次",
        en: "Shift",
        columns: &[
            on("51203", "考勤组", "Group"),
            on("51201", "日期", "Date"),
            off("51205", "星期", "Weekday"),
            off("51204", "时区", "Time zone"),
            on("51202", "班次", "Shift"),
        ],
    },
    Heading {
        code: "515",
        zh: "打卡",
        en: "Punches",
        columns: &[
            on("51502", "打卡时间", "Punch time"),
            on("51503", "打卡结果", "Punch result"),
        ],
    },
    Heading {
        code: "513",
        zh: "时长",
        en: "Durations",
        columns: &[
            on("51302", "应出勤时长", "Required time"),
            on("51303", "实际出勤时长", "Actual time"),
            on("51305", "迟到时长", "Late by"),
            off("51313", "严重迟到时长", "Seriously late by"),
            on("51306", "早退时长", "Left early by"),
            off("51307", "加班时长", "Overtime"),
            off("51308", "应出勤天数", "Required days"),
            off("51309", "实际出勤天数", "Actual days"),
        ],
    },
    Heading {
        code: "514",
        zh: "异常",
        en: "Abnormal",
        columns: &[
            on("51311", "迟到次数", "Times late"),
            off("51312", "严重迟到次数", "Times seriously late"),
            on("51314", "早退次数", "Times left early"),
            on("51408", "上班缺卡", "Missing on"),
            on("51409", "下班缺卡", "Missing off"),
            off("51402", "请假类型", "Leave type"),
            off("51407", "补卡次数", "Corrections"),
        ],
    },
];

pub(super) const MONTHLY: &[Heading] = &[
    BASICS,
    Heading {
        code: "521",
        zh: "出勤",
        en: "Attendance",
        columns: &[
            on("52108", "考勤组", "Group"),
            on("52101", "应出勤天数", "Required days"),
            on("52102", "工作日出勤", "Days attended"),
            off("52103", "休息日出勤", "Rest days attended"),
            on("52104", "应出勤时长", "Required time"),
            on("52105", "实际出勤时长", "Actual time"),
            off("52107", "加班时长", "Overtime"),
        ],
    },
    Heading {
        code: "522",
        zh: "异常",
        en: "Abnormal",
        columns: &[
            on("52201", "迟到次数", "Times late"),
            off("52202", "迟到时长", "Late by"),
            on("52203", "早退次数", "Times left early"),
            off("52204", "早退时长", "Left early by"),
            on("52205", "上班缺卡次数", "Missing on"),
            on("52206", "下班缺卡次数", "Missing off"),
            off("52212", "补卡次数", "Corrections"),
            off("52213", "外勤次数", "Field punches"),
        ],
    },
    Heading {
        code: "524",
        zh: "每日",
        en: "Day by day",
        columns: &[on(PER_DAY, "每日结果", "Results of each day")],
    },
];

/// The switch of a view that stands for one column a day.
pub(super) const PER_DAY: &str = "52401";

/// The columns of a report kind; none for an unknown kind.
pub(super) fn columns_of(kind: &str) -> Option<&'static [Heading]> {
    match kind {
        "daily" => Some(DAILY),
        "month" => Some(MONTHLY),
        _ => None,
    }
}
