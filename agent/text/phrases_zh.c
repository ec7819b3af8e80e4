/* Simplified Chinese. */
#include "text/phrases_table.h"

static otr_phrase_row why = {"您收到此消息，是因为您是{{ asset }}的联系人。"};
static otr_phrase_row why_persona = {"您收到此消息，是因为您是{{ asset }}的{{ persona }}。"};
static otr_phrase_row sure = {"我们的数据覆盖了这段时间的{{ coverage }}，可能有所遗漏。"};
static otr_phrase_row next = {"我们最迟于{{ next }}再次联系您。"};
static otr_phrase_row fault_ours = {"这是我们的过失，我们深表歉意。"};
static otr_phrase_row fault_carrier = {"此事发生在承运方负责期间，与您无关。"};
static otr_phrase_row fault_device = {"原因可能在设备本身，与您无关。"};
static otr_phrase_row also = {"另外：{{ items }}。"};

static otr_phrase_row still = {
    "{{ asset }}：情况尚未结束，自{{ onset }}起一直持续，我们仍在关注。",
    "{{ asset }}：情况尚未结束，自{{ onset }}起一直持续，我们仍在关注。",
    "{{ asset }}：自{{ onset }}起仍在持续",
};
static otr_phrase_row repeat = {
    "再次提醒您：此事尚未解决，您的简短回复会对我们很有帮助。{{ text }}",
    "提醒：{{ text }}",
    "提醒：{{ text }}",
};
static otr_phrase_row escalated = {
    "{{ asset }}：自{{ told }}起尚无人回复，因此也通知您。{{ text }}",
    "自{{ told }}起尚无人回复，因此也通知您：{{ text }}",
    "尚无人回复：{{ text }}",
};
static otr_phrase_row retracted = {
    "{{ asset }}：我们此前（{{ told }}）告知您的情况并不属实。给您带来不便，我们深表歉意。",
    "{{ asset }}：我们此前（{{ told }}）告知您的情况并不属实。我们深表歉意。",
    "{{ asset }}：此前为误报，我们深表歉意",
};
static otr_phrase_row digest = {
    "自{{ since }}以来有{{ count | other: '#条新消息' }}：{{ items }}。",
    "自{{ since }}以来有{{ count | other: '#条新消息' }}：{{ items }}",
    "自{{ since }}以来有{{ count | other: '#条新消息' }}",
};
static otr_phrase_row flood = {
    ("{{ count | other: '#条' }}同类报告：{{ text }}。很可能出于同一原因。我们会汇总全部情况，最迟于{{ next "
     "}}"
     "发给您。"),
    "{{ count | other: '#条' }}同类报告，很可能出于同一原因，汇总最迟于{{ next }}发给您：{{ text }}",
    "{{ count | other: '#条' }}同类报告：{{ text }}",
};
static otr_phrase_row flood_over = {
    "情况已结束：自{{ since }}以来共{{ count | other: '#条' }}同类报告。",
    "情况已结束：自{{ since }}以来共{{ count | other: '#条' }}同类报告。",
    "已结束：自{{ since }}以来共{{ count | other: '#条' }}报告",
};
static otr_phrase_row blind_down = {
    ("{{ from }}至{{ to }}期间，我们的接收设备停机，未能监测{{ items "
     "}}。设备在此期间的记录一到，我们会立即检查，"
     "如有发现将通知您。"),
    "{{ from }}至{{ to }}期间，我们的接收设备停机，未能监测{{ items }}",
    "{{ interval }}：未能监测",
};
static otr_phrase_row blind_lost = {
    "{{ items }}在{{ from }}至{{ to }}期间的读数已丢失。我们无法得知这段时间的情况，对此深表歉意。",
    "{{ from }}至{{ to }}期间的读数已丢失，我们深表歉意：{{ items }}",
    "{{ interval }}：读数丢失",
};

static otr_phrase_row confirm_help = {
    "我们已收到您关于{{ asset }}的求助，并已作为紧急事项转交团队。",
    "我们已收到您关于{{ asset }}的求助，并已作为紧急事项转交团队。",
    "{{ asset }}：已收到您的求助",
};
static otr_phrase_row confirm_call = {
    "您希望在{{ from }}至{{ to }}之间接到关于{{ asset }}的电话，我们已转告团队。",
    "您希望在{{ from }}至{{ to }}之间接到关于{{ asset }}的电话，我们已转告团队。",
    "已记下通话时间：{{ interval }}",
};
static otr_phrase_row confirm_call_soon = {
    "您希望接到关于{{ asset }}的电话，我们已转告团队。",
    "您希望接到关于{{ asset }}的电话，我们已转告团队。",
    "{{ asset }}：已记下您的通话请求",
};
static otr_phrase_row confirm_not_solved = {
    "感谢您告诉我们。{{ asset }}的事项已重新打开，我们的团队已经知悉。",
    "感谢您告诉我们。{{ asset }}的事项已重新打开，我们的团队已经知悉。",
    "{{ asset }}：事项已重新打开",
};
static otr_phrase_row confirm_useful = {
    "谢谢。很高兴能帮到您。",
    "谢谢。很高兴能帮到您。",
    "谢谢，很高兴能帮到您",
};
static otr_phrase_row confirm_known = {
    "谢谢。我们不会再就此事提醒您。",
    "谢谢。我们不会再就此事提醒您。",
    "谢谢，不再就此事提醒您",
};
static otr_phrase_row confirm_wrong = {
    "感谢您告诉我们。我们会查明为何就{{ asset }}向您发出了这条消息。",
    "感谢您告诉我们。我们会查明为何就{{ asset }}向您发出了这条消息。",
    "谢谢，我们会查明原因",
};
static otr_phrase_row confirm_late = {
    "感谢您告诉我们。我们会查明消息为何迟到。",
    "感谢您告诉我们。我们会查明消息为何迟到。",
    "谢谢，我们会查明消息为何迟到",
};
static otr_phrase_row confirm_stop = {
    "您将不再收到关于“{{ category }}”的消息。您可以随时重新开启。",
    "您将不再收到关于“{{ category }}”的消息。您可以随时重新开启。",
    "不再发送“{{ category }}”消息",
};
static otr_phrase_row confirm_stop_until = {
    "在{{ until }}之前，您不会收到关于“{{ category }}”的消息。",
    "在{{ until }}之前，您不会收到关于“{{ category }}”的消息。",
    "{{ category }}：{{ until }}前暂停",
};
static otr_phrase_row confirm_stop_all = {
    "除紧急警报外，您将不再收到我们的消息。您可以随时重新开启。",
    "除紧急警报外，您将不再收到我们的消息。您可以随时重新开启。",
    "消息已关闭，紧急警报除外",
};
static otr_phrase_row confirm_stop_all_until = {
    "在{{ until }}之前，除紧急警报外，您不会收到我们的消息。",
    "在{{ until }}之前，除紧急警报外，您不会收到我们的消息。",
    "{{ until }}前暂停，紧急警报除外",
};
static otr_phrase_row confirm_resume = {
    "关于“{{ category }}”的消息已重新开启。",
    "关于“{{ category }}”的消息已重新开启。",
    "已重新开启：{{ category }}",
};
static otr_phrase_row confirm_resume_all = {
    "我们的消息已重新开启。",
    "我们的消息已重新开启。",
    "我们的消息已重新开启",
};
static otr_phrase_row confirm_my_data = {
    "我们保存的关于您的信息：{{ items }}。",
    "我们保存的关于您的信息：{{ items }}",
    "我们保存的关于您的信息",
};
static otr_phrase_row confirm_forget_me = {
    "我们正在删除所保存的关于您的信息。您将不再收到我们的消息。",
    "我们正在删除所保存的关于您的信息。您将不再收到我们的消息。",
    "我们正在删除关于您的信息",
};

static otr_phrase_row promised = {
    "{{ asset }}：我们的团队向您承诺：{{ items }}。",
    "{{ asset }}：我们的团队向您承诺：{{ items }}",
    "已承诺：{{ items }}",
};
static otr_phrase_row promise_item = {"{{ what }}（最迟{{ by }}）"};
static otr_phrase_row promise_moved = {
    "{{ asset }}：我们承诺的事项改为最迟{{ by }}，而不是{{ before }}：{{ what }}。时间有变，我们深表歉意。",
    "{{ asset }}：改为最迟{{ by }}，而不是{{ before }}，我们深表歉意：{{ what }}",
    "改为最迟{{ by }}：{{ what }}",
};
static otr_phrase_row promise_kept = {
    "{{ asset }}：已按承诺完成：{{ what }}。",
    "{{ asset }}：已按承诺完成：{{ what }}",
    "已按承诺完成：{{ what }}",
};
static otr_phrase_row promise_late = {
    "{{ asset }}：已完成，但晚于我们的承诺：{{ what }}。我们深表歉意。",
    "{{ asset }}：已完成，但晚于承诺，深表歉意：{{ what }}",
    "现已完成：{{ what }}",
};
static otr_phrase_row promise_missed = {
    "{{ asset }}：我们承诺最迟{{ by }}完成，但未能做到：{{ what }}。我们深表歉意，并会继续跟进。",
    "{{ asset }}：承诺最迟{{ by }}完成，但未能做到，我们深表歉意：{{ what }}",
    "未能按时做到，深表歉意：{{ what }}",
};
static otr_phrase_row promise_owed = {
    "{{ asset }}：此事仍未完成：{{ what }}。让您久等，我们深表歉意。",
    "{{ asset }}：此事仍未完成，我们深表歉意：{{ what }}",
    "仍未完成，深表歉意：{{ what }}",
};
static otr_phrase_row resolved = {
    "{{ asset }}：我们的团队已处理此事，据我们所知问题已经解决。",
    "{{ asset }}：我们的团队已处理此事，据我们所知问题已经解决。",
    "{{ asset }}：据我们所知已经解决",
};
static otr_phrase_row resolved_ask = {"如果问题对您来说尚未解决，请告诉我们，我们会再次处理。"};
static otr_phrase_row reopened = {
    "{{ asset }}：问题仍未解决，我们的团队正在再次处理。",
    "{{ asset }}：问题仍未解决，我们的团队正在再次处理。",
    "{{ asset }}：我们正在再次处理",
};
static otr_phrase_row remedy = {
    "{{ asset }}：我们的团队已采取补救措施。",
    "{{ asset }}：我们的团队已采取补救措施。",
    "{{ asset }}：已采取补救措施",
};
static otr_phrase_row confirm_solved = {
    "谢谢。很高兴问题对您来说已经解决。",
    "谢谢。很高兴问题对您来说已经解决。",
    "谢谢，很高兴问题已经解决",
};
static otr_phrase_row callback = {"我们给您致电"};
static otr_phrase_row replacement = {"更换"};
static otr_phrase_row visit = {"上门服务"};
static otr_phrase_row refund = {"退款"};
static otr_phrase_row agreed = {"约定的服务"};

static otr_phrase_row ask_satisfaction = {
    "{{ asset }}：此事已结束。关于{{ text }}，您的满意程度如何？{{ least }}分为很不满意，{{ most "
    "}}分为非常满意。是否回答由您决定。",
    "{{ asset }}：此事已结束。您的满意程度如何？{{ least }}分为很不满意，{{ most "
    "}}分为非常满意。是否回答由您决定。",
    "{{ asset }}：您满意吗（{{ least }}至{{ most }}分）？",
};
static otr_phrase_row ask_effort = {
    "{{ asset }}：此事已结束。关于{{ text }}，对您来说是否轻松？{{ least }}分为很费力，{{ most "
    "}}分为很轻松。是否回答由您决定。",
    "{{ asset }}：此事已结束。对您来说是否轻松？{{ least }}分为很费力，{{ most "
    "}}分为很轻松。是否回答由您决定。",
    "{{ asset }}：是否轻松（{{ least }}至{{ most }}分）？",
};
static otr_phrase_row ask_nps = {
    "{{ asset }}：此事已结束。关于{{ text }}，您会向别人推荐我们吗？{{ least }}分为不会，{{ most "
    "}}分为一定会。是否回答由您决定。",
    "{{ asset }}：此事已结束。您会向别人推荐我们吗？{{ least }}分为不会，{{ most "
    "}}分为一定会。是否回答由您决定。",
    "您会推荐我们吗（{{ least }}至{{ most }}分）？",
};
static otr_phrase_row ask_reason = {
    "{{ asset }}：很抱歉没有做得更好。问题出在哪里？如果您愿意，请选择最符合的一项：{{ items }}。",
    "{{ asset }}：很抱歉。问题出在哪里？{{ items }}",
    "{{ asset }}：问题出在哪里？",
};
static otr_phrase_row confirm_score = {
    "谢谢您的回答。这有助于我们做得更好。",
    "谢谢您的回答。这有助于我们做得更好。",
    "谢谢您的回答",
};
static otr_phrase_row asked_consignee = {"我们如何向您通报到货情况"};
static otr_phrase_row asked_shipper = {"我们如何照看您寄出的货物"};
static otr_phrase_row asked_pharmacist = {"我们如何照看您的药品"};
static otr_phrase_row asked_fleet_manager = {"我们如何照看您的车辆"};
static otr_phrase_row asked_driver = {"我们在途中如何协助您"};
static otr_phrase_row asked_householder = {"我们如何照看您的家"};
static otr_phrase_row asked_anybody = {"我们如何处理此事"};
static otr_phrase_row reason_late = {"太晚"};
static otr_phrase_row reason_unclear = {"难以理解"};
static otr_phrase_row reason_not_solved = {"没有解决"};
static otr_phrase_row reason_had_to_repeat = {"不得不重复说明"};
static otr_phrase_row reason_too_many = {"消息太多"};

static otr_phrase_row status_fine = {
    "{{ asset }}：根据我们的数据，一切正常。",
    "{{ asset }}：根据我们的数据，一切正常。",
    "{{ asset }}：根据数据，一切正常",
};
static otr_phrase_row status_case = {
    "{{ asset }}：自{{ since }}起尚未解决。{{ text }}。",
    "{{ asset }}：自{{ since }}起尚未解决。{{ text }}",
    "{{ asset }}：自{{ since }}起尚未解决",
};
static otr_phrase_row status_no_data = {
    "{{ asset }}：我们还没有数据。",
    "{{ asset }}：我们还没有数据。",
    "{{ asset }}：暂无数据",
};
static otr_phrase_row status_place = {"位置：{{ place }}。"};
static otr_phrase_row status_temperature = {"温度：{{ temperature }}。"};
static otr_phrase_row status_bump = {"最近一次碰撞：{{ bump }}。"};
static otr_phrase_row status_no_bump = {"没有碰撞记录。"};
static otr_phrase_row status_eta = {"预计到达：{{ eta }}，误差约{{ error }}。"};
static otr_phrase_row status_data = {"最新数据：{{ at }}。"};
static otr_phrase_row status_coverage = {"有数据的时间占{{ coverage }}。"};

static otr_phrase_row data_language = {"语言：{{ language }}"};
static otr_phrase_row data_zone = {"时区：{{ zone }}"};
static otr_phrase_row data_channels = {"联系方式：{{ items }}"};
static otr_phrase_row data_quiet = {"免打扰时段：{{ from }}–{{ to }}"};
static otr_phrase_row data_budget = {
    "每天最多{{ day | other: '#条' }}消息，每周最多{{ week | other: '#条' }}"};
static otr_phrase_row data_stopped = {"已关闭：{{ items }}"};
static otr_phrase_row data_stopped_all = {"除紧急警报外，所有消息均已关闭"};
static otr_phrase_row data_sent = {"最近七天计入上述上限：{{ count | other: '#条' }}"};
static otr_phrase_row data_open = {"{{ count | other: '#件' }}未结事项"};

static otr_phrase_row consignee = {"收货人"};
static otr_phrase_row shipper = {"发货人"};
static otr_phrase_row pharmacist = {"药剂师"};
static otr_phrase_row fleet_manager = {"车队负责人"};
static otr_phrase_row driver = {"司机"};
static otr_phrase_row householder = {"住户"};

const char *const *const otr_phrases_zh[OTR_PHRASES] = {OTR_PHRASE_LIST(OTR_PHRASE_ENTRY)};
