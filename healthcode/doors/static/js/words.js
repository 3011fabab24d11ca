/** Texts that scripts say: pairs written side by side, Chinese first. What a page says by itself stands in its template. */

const WORDS = {
  // how people say times
  "time.today": ["今天", "today"],
  "time.tomorrow": ["明天", "tomorrow"],
  "time.yesterday": ["昨天", "yesterday"],

  // everywhere
  "trouble.offline": ["现在没有网络，请稍后再试。", "There is no network just now. Try again in a moment."],
  "trouble.broken": ["系统出了问题，请稍后再试。", "Something failed on our side. Try again in a moment."],
  "trouble.wait": ["请等 {seconds} 秒再试。", "Wait {seconds} seconds and try again."],
  "trouble.camera": ["打不开相机。请允许使用相机，或改用图片、输入。", "The camera cannot be opened. Allow it, or use a picture or typing."],
  "trouble.picture": ["这张图片里没有找到码。", "No code was found in this picture."],

  // the code page
  "me": ["我", "Me"],
  "relation.parent": ["父母", "Parent"],
  "relation.child": ["孩子", "Child"],
  "relation.spouse": ["配偶", "Spouse"],
  "relation.sibling": ["兄弟姐妹", "Sibling"],
  "relation.grandparent": ["祖父母", "Grandparent"],
  "relation.grandchild": ["孙辈", "Grandchild"],
  "relation.carer": ["照护人", "Carer"],
  "relation.in-care": ["我照护的人", "In my care"],
  "relation.other": ["家人", "Family"],
  "code.picture": ["{name} 的就医码，请对准扫码口", "{name}’s code; hold it to the scanner"],
  "code.until": ["没有网络也能用到 {when}", "works without network until {when}"],
  "code.ticket": ["这台设备需要联网才能出码", "this device needs the network to show a code"],
  "code.bound": ["只给 {station} 用，{seconds} 秒内有效", "for {station} only, for {seconds} more seconds"],
  "code.making": ["正在准备您的码", "getting your code ready"],
  "code.none": ["手机里存的码已经用完。连上网络，马上就有新的。", "The codes kept on this phone have run out. Connect to the network and there will be new ones at once."],
  "digits.until": ["{when} 前有效，只能用一次", "good until {when}, for one use"],
  "digits.over": ["这串数字已过期，请再取一次。", "These digits have ended. Fetch new ones."],
  "station.asks": ["{station} 请您出示 {name} 的码", "{station} asks for {name}’s code"],
  "station.wrong": ["这不是窗口的请求码。请扫窗口屏幕上的码。", "This is not a counter’s request. Scan the code on the counter’s screen."],
  "station.old": ["窗口的请求已过期，请对方重新出一个。", "The counter’s request is too old. Ask them to show a new one."],
  "lost.done": ["已停用 {count} 个码。新的码会在这台手机上重新生成。", "{count} codes were stopped. This phone makes new ones."],
  "phone.sent": ["短信已发出，{minutes} 分钟内有效。", "A text message is on its way; it is good for {minutes} minutes."],

  // who looked, family
  "grant.until": ["到 {when} 为止", "until {when}"],
  "grant.open": ["没有期限", "without an end"],
  "grant.proposed": ["等待同意", "waiting for a yes"],
  "grant.active": ["有效", "in force"],
  "grant.ended": ["已结束", "ended"],
  "grant.mine": ["{who}可以替我：", "{who} may do for me:"],
  "grant.theirs": ["我可以替{who}：", "I may do for {who}:"],
  "grant.invited": ["有人请您代办：", "Somebody invites you to do for them:"],
  "grant.sent": ["邀请已发出，对方登录后同意即可。", "The invitation is made; they agree after signing in."],
  "grant.accept": ["同意代办", "Agree"],
  "grant.end": ["结束代办", "End it"],
  "grant.ask": ["确定结束吗？对方马上不能再代办。", "End it? They can act for this person no longer, from this moment."],
  "scope.codes:show": ["出示码", "show the code"],
  "scope.codes:revoke": ["停用码", "stop the code"],
  "scope.appointments:book": ["预约", "book appointments"],
  "scope.reports:read": ["看报告", "read reports"],
  "scope.bills:pay": ["付费", "pay bills"],
  "scope.pickups:collect": ["取药", "collect medicine"],
  "scope.records:read": ["看资料", "see the record"],
  "scope.audit:read": ["看查阅记录", "see who looked"],

  // the scanner
  "line.online": ["在线", "Online"],
  "line.offline": ["{when} 起离线", "Offline since {when}"],
  "line.waiting": ["{count} 条待上传", "{count} waiting to be sent"],
  "line.clear": ["没有待上传", "nothing waiting"],
  "line.list": ["名单 {when}", "list of {when}"],
  "line.nolist": ["还没有名单", "no list yet"],
  "line.stopped": ["此设备已停用，请联系管理员", "this device was stopped; call an administrator"],
  "line.strange": ["此设备离开太久，请重新注册", "this device was away too long; enrol it anew"],
  "sex.male": ["男", "man"],
  "sex.female": ["女", "woman"],
  "sex.other": ["其他", "other"],
  "sex.unknown": ["性别未登记", "sex not recorded"],
  "age": ["{age} 岁", "{age}"],
  "identity.declared": ["身份自报，请核对证件", "Identity only declared; check a document"],
  "identity.proved": ["身份已核实", "Identity proved"],
  "identity.temporary": ["临时身份", "Temporary identity"],

  "known.title": ["已核实", "Known"],
  "known.proxy": ["由家人代为出示", "Shown by a family member"],
  "known.until": ["本次核验 {when} 前有效", "This check is good until {when}"],
  "step.register": ["登记", "Register"],
  "step.check-in": ["签到", "Check in"],
  "step.examine": ["检查", "Examine"],
  "step.pay": ["缴费", "Pay"],
  "step.collect": ["取药", "Collect"],
  "step.release-records": ["取报告", "Release records"],
  "agenda.none": ["今天在这里没有要办的事。", "Nothing is due here today."],
  "agenda.missing": ["待办暂时取不到。", "What is due cannot be fetched just now."],
  "offline.title": ["没有联网读取", "Read without network"],
  "offline.fresh": ["码是真的，也没有过期。名单是 {when} 的。请看一眼证件。", "The code is genuine and fresh. The list is of {when}. Ask for a document."],
  "offline.stale": ["名单已有 {hours} 小时没有更新，停用的码可能看不出来。请核对证件。", "The list is {hours} hours old; a stopped code may not show. Ask for a document."],
  "offline.nolist": ["这台设备还没有名单，停用的码看不出来。请核对证件。", "This device has no list yet; a stopped code would not show. Ask for a document."],
  "offline.clock": ["离线后无法确认时间，截图也可能通过。请核对证件。", "Without network the time cannot be confirmed; an old picture could pass. Ask for a document."],
  "offline.clock.refused": ["这台设备离线后时间也可能不准。", "Without network this device’s own clock may be wrong, too."],
  "offline.card": ["卡片要联网核对。请核对证件，并记下来。", "A card is checked online. Look at a document and note it down."],
  "offline.kept": ["已记下，联网后自动上传。", "Noted; it is sent by itself when the network is back."],
  "offline.digits": ["数字要联网才能核对。请对方出示码，或看证件。", "Digits can only be checked online. Ask for the code itself, or a document."],
  "offline.cannot": ["这台设备离线太久，认不出码。请看证件并记下来。", "This device has been offline too long to know codes. Ask for a document and note it down."],
  "refused.code-unreadable": ["没有读清楚", "It could not be read"],
  "refused.code-unreadable.next": ["请对方把码调亮、靠近一点，或改报 20 位数字。", "Ask them to make it brighter and hold it closer, or to say the 20 digits."],
  "refused.code-not-ours": ["这不是本市的码", "This is not a code of this city"],
  "refused.code-not-ours.next": ["请对方打开就医码再扫，或看证件。", "Ask them to open the healthcode, or for a document."],
  "refused.code-not-ready": ["对方手机的时间快了", "Their phone’s clock runs ahead"],
  "refused.code-not-ready.next": ["请对方把手机时间设为自动，再打开码。", "Ask them to let the phone set its time by itself and open the code again."],
  "refused.code-expired": ["请对方重新打开码", "Ask them to open the code again"],
  "refused.code-expired.next": ["这个画面已经超过一分钟，可能是截图。", "This picture is more than a minute old; perhaps a screenshot."],
  "refused.code-expired.age": ["这个画面是 {age} 前的，可能是截图。", "This picture is {age} old; perhaps a screenshot."],
  "refused.code-already-used": ["这个码刚才用过了", "This one was used already"],
  "refused.code-already-used.next": ["请等几秒，换了新码再扫。", "Wait a few seconds for the next one and scan again."],
  "refused.code-revoked": ["这个码已停用", "This code was stopped"],
  "refused.code-revoked.next": ["多半是手机丢过或卡换过。请看证件，照常接待。", "Most likely a lost phone or a replaced card. Ask for a document and serve them as usual."],
  "refused.challenge-mismatch": ["这不是对本窗口的答复", "This does not answer this counter"],
  "refused.challenge-mismatch.next": ["请对方重新扫本屏的请求码。", "Ask them to scan the request on this screen again."],
  "refused.challenge-needed": ["这一步要用本窗口的请求码", "This step needs this counter’s request"],
  "refused.challenge-needed.next": ["请对方扫屏幕上的请求码，再出示答复；没有手机的，核对证件。", "Let them scan the request on the screen and show the answer; without a phone, check a document."],
  "refused.code-needs-second-check": ["请再核对一次本人", "Check the person as well"],
  "refused.code-needs-second-check.next": ["卡片可以被复制。看本人或证件，再点下面的按钮。", "A card can be copied. Look at the person or a document, then press below."],
  "refused.second-check-failed": ["证件与卡片不符", "The document does not fit the card"],
  "refused.second-check-failed.next": ["请再看一遍号码，或换一个证件。", "Read the number again, or ask for another document."],
  "refused.too-many-wrong-tries": ["错的次数太多", "Too many wrong tries"],
  "refused.too-many-wrong-tries.next": ["请等 {seconds} 秒。扫码仍然可以用。", "Wait {seconds} seconds. The camera still works."],
  "refused.device-stopped": ["这台设备已停用", "This device was stopped"],
  "refused.device-stopped.next": ["请联系管理员。这位先看证件，照常接待。", "Call an administrator. Ask this person for a document and serve them as usual."],
  "refused.other": ["没有通过", "It was not taken"],
  "age.seconds": ["{n} 秒", "{n} seconds"],
  "age.minutes": ["{n} 分钟", "{n} minutes"],
  "age.hours": ["{n} 小时", "{n} hours"],
  "age.days": ["{n} 天", "{n} days"],
  "conflict": ["{when} 读的码在别处也用过，请核对记录。", "The code read at {when} was used elsewhere too; check your notes."],
  "conflict.code-revoked": ["{when} 读的码当时已停用，请核对记录。", "The code read at {when} had been stopped before; check your notes."],
  "conflict.refused": ["{when} 读的码服务器没有接受：{reason}", "The code read at {when} was not accepted by the server: {reason}"],
  "digits.bad": ["不是正确的 20 位数字，请再核对。", "These are not twenty right digits; check them again."],
  "camera.looking": ["请把码对准镜头", "Hold the code to the camera"],
  "camera.off": ["相机没有打开。扫码枪可以直接用。", "The camera is off. A hand-held reader works as it is."],
  "scanner.cannot": ["这个浏览器不能保存密钥。请用 https 打开，不要用无痕窗口。", "This browser cannot keep a key. Open the page by https, not in a private window."],

  // the desk
  "desk.city": ["市级工作台", "The city’s desk"],
  "desk.where": ["您在几家机构任职，请选今天上班的一家，再点登录。动态码仍然有效。", "You work at several places. Choose today’s and sign in again; the same digits are still good."],
  "desk.idle": ["有一会儿没有人操作，已自动退出。再次登录后，填到一半的内容还在。", "Nobody was here for a while, so you were signed out. Sign in and what was half typed is still there."],
  "desk.ended": ["登录已到期，请再登录一次。填到一半的内容还在。", "Your session has ended. Sign in again; what was half typed is still there."],
  "desk.perhaps": ["没有网络，这里已经锁上，系统会在稍后自动结束登录。", "There is no network. This page is locked, and the service ends the session by itself later."],
  "desk.refused": ["您现在的岗位没有这一项权限。需要的话，请找机构管理员。", "Your post does not open this. If it should, ask your institution’s administrator."],
  "desk.nowhere": ["市级岗位不属于某一家机构，这里没有名单。", "A post of the city belongs to no single institution, so there is no list here."],
  "desk.code": ["这是就医码。请用扫码设备读，这里只认证件号码。", "This is a healthcode. Read it with a scanner; here it takes a document’s number."],
  "desk.nobody": ["没有人登记过这个证件。请核对号码，或先为对方登记。", "Nobody is registered with this document. Check the number, or register them first."],
  "desk.unseen": ["这个证件只是自报，还没有窗口核验过。请先核验证件，再来预约。", "This document was only declared; no desk has seen it. Record it as seen first, then book."],
  "desk.unopened": ["这里还没有为此人打开就诊。请用证件再找一次。", "No visit is open here for this person. Find them again by their document."],

  "kind.any": ["全部", "All"],
  "kind.clinic": ["普通门诊", "Clinic"],
  "kind.expert": ["专家门诊", "Expert clinic"],
  "kind.team": ["团队门诊", "Team clinic"],
  "kind.virtual": ["视频门诊", "By video"],
  "kind.home-visit": ["上门服务", "Home visit"],
  "slots.here": ["{name}（本机构）", "{name} (here)"],
  "slots.free": ["余 {count}", "{count} free"],
  "slots.full": ["已满", "full"],
  "slots.later": ["{when} 放号", "from {when}"],
  "slots.none": ["这段时间没有号。换一个日期、门诊或机构试试。", "Nothing is free in these days. Try another day, clinic or place."],

  "book.nobody": ["（还没有选人）", "(nobody yet)"],
  "book.who": ["请先找到面前的人，再预约。", "First find who is in front, then book."],
  "book.for": ["{who}：{when}，{what}，{where}", "{who}: {when}, {what}, {where}"],
  "book.move-to": ["{who} 改到：{when}，{what}，{where}", "{who} moves to: {when}, {what}, {where}"],
  "book.do": ["预约", "Book it"],
  "book.do-move": ["改到这个时间", "Move it here"],
  "book.booked": ["已为 {who} 预约：{when}，{what}，{where}。", "Booked for {who}: {when}, {what}, {where}."],
  "book.added": ["已为 {who} 加号：{when}，{what}，{where}。", "A place was added for {who}: {when}, {what}, {where}."],
  "book.moved": ["{who} 的预约已改到：{when}，{what}，{where}。", "Moved for {who}: {when}, {what}, {where}."],
  "book.waiting": ["{who} 已候补：{day}，{what}，{where}。有号会保留半小时，请对方留意短信。", "{who} waits for {day}, {what}, {where}. A place that comes free is kept for half an hour; they get a message."],
  "book.moving": ["正在改期：{what}。请选新的时间；选到之前，原来的号还在。", "Moving {what}. Choose another time; the old place stays until you have one."],
  "theirs.confirm": ["确认", "Confirm"],
  "theirs.move": ["改期", "Move"],
  "theirs.print": ["打印小票", "Print"],
  "theirs.cancel": ["取消预约", "Cancel"],
  "theirs.ask": ["要取消 {what} 吗？号会让给别人，不能撤回。", "Cancel {what}? The place goes to somebody else and cannot be taken back."],
  "theirs.sure": ["取消这个预约", "Cancel it"],
  "theirs.keep": ["保留", "Keep it"],
  "state.proposed": ["暂时保留", "Kept for now"],
  "state.booked": ["已预约", "Booked"],
  "state.waitlist": ["候补中", "Waiting for a place"],
  "state.arrived": ["已签到", "Here"],
  "state.offered": ["有号了，为对方留到 {when}", "A place is kept until {when}"],
  "state.held": ["暂时保留到 {when}", "Kept until {when}"],
  "slip.who": ["姓名", "Name"],
  "slip.day": ["日期", "Date"],
  "slip.time": ["时间", "Time"],
  "slip.place": ["地点", "Place"],
  "slip.clinic": ["门诊", "Clinic"],
  "slip.number": ["号码", "Number"],
  "slip.later": ["签到后取号", "given at check-in"],

  "queue.title": ["叫号", "The queue"],
  "queue.of": ["叫号 · {place}", "The queue · {place}"],
  "queue.waiting": ["{count} 人在等", "{count} waiting"],
  "queue.now": ["正在看 · {when} 叫的", "Now · called at {when}"],
  "queue.nobody-called": ["还没有叫人", "Nobody is called"],
  "queue.urgent": ["优先", "first"],
  "queue.expected": ["约 {when}", "about {when}"],
  "queue.none": ["今天还没有人签到。", "Nobody has checked in today."],
  "queue.skip": ["人不在", "Not here"],
  "queue.done": ["看完了", "Done"],
  "queue.return": ["重新排队", "Queue again"],
  "day.filter": ["姓名、时间或号码", "Name, time or number"],
  "day.loading": ["正在取名单……", "Fetching the list …"],
  "day.empty": ["这一天没有人预约。", "Nobody is expected on this day."],
  "day.no-match": ["名单里没有这样的人。", "Nobody in the list fits this."],
  "day.since": ["下面是 {when} 的情况。", "What stands below is of {when}."],
  "day.clinic": ["门诊", "Clinic"],
  "day.counts": ["共 {all} 人 · 已到 {here} · 看完 {seen} · 未到 {missed}", "{all} in all · {here} here · {seen} seen · {missed} missed"],
  "day.booked": ["已预约", "booked"],
  "day.arrived": ["已到", "here"],
  "day.fulfilled": ["看完了", "seen"],
  "day.noshow": ["没有来", "did not come"],
  "day.number": ["{number} 号", "number {number}"],
  "day.added": ["加号", "added"],
  "day.arrive": ["签到", "Check in"],
  "day.miss": ["没有来", "Did not come"],
  "day.finish": ["看完了", "Done"],
  "day.sure": ["{time} {who} 没有来？记下后不能撤回。", "{time} {who} did not come? It cannot be taken back."],
  "day.miss-yes": ["记为没有来", "Note it"],
  "day.miss-no": ["再等等", "Wait a little"],
  "day.no-arrivals": ["这里还不能替人签到。请用扫码设备读码或证件。", "Nobody can be checked in from here yet. Use a scanner."],

  "urgency.routine": ["普通", "Routine"],
  "urgency.urgent": ["较急", "Urgent"],
  "urgency.asap": ["尽快", "As soon as possible"],
  "urgency.stat": ["立即", "At once"],
  "refer.requested": ["等待处理", "asked"],
  "refer.accepted": ["已接收", "accepted"],
  "refer.booked": ["已约时间", "booked"],
  "refer.completed": ["已完成", "completed"],
  "refer.rejected": ["已退回", "rejected"],
  "refer.cancelled": ["已撤回", "withdrawn"],
  "refer.unattended": ["搁置了（逾期，或没有来）", "left undone (late, or missed)"],
  "refer.due": ["{when} 前处理", "to be decided by {when}"],
  "refer.summary": ["小结：{what}", "Summary: {what}"],
  "refer.answer": ["回转", "sent back"],
  "refer.virtual": ["远程", "by video"],
  "refer.because": ["说明：{why}", "Reason given: {why}"],
  "refer.at": ["时间：{when}", "Time: {when}"],
  "refer.none-in": ["没有待处理的转诊。", "No referral waits here."],
  "refer.none-out": ["没有发出的转诊。", "None was sent out."],
  "refer.absent": ["这里还没有开通转诊。", "Referrals are not open here yet."],
  "refer.do-accept": ["接收", "Accept"],
  "refer.do-place": ["约时间", "Book a time"],
  "refer.do-complete": ["完成", "Complete"],
  "refer.do-reject": ["退回", "Reject"],
  "refer.do-back": ["转回去", "Refer back"],
  "refer.do-withdraw": ["撤回", "Withdraw"],
  "refer.not-yet": ["先不办", "Not now"],
  "refer.summary-complete": ["小结，给转来的医生看（可不填）", "A summary for whoever sent them (optional)"],
  "refer.reason-reject": ["为什么退回，给转来的医生看", "Why it is rejected, for whoever sent them"],
  "refer.reason-withdraw": ["为什么撤回（可不填）", "Why it is withdrawn (optional)"],
  "refer.done-accept": ["已接收 {who} 的转诊。", "{who}’s referral is accepted."],
  "refer.done-place": ["已为 {who} 约好时间。", "A time is booked for {who}."],
  "refer.done-complete": ["{who} 的转诊已完成。", "{who}’s referral is completed."],
  "refer.done-reject": ["{who} 的转诊已退回。", "{who}’s referral is rejected."],
  "refer.done-withdraw": ["{who} 的转诊已撤回。", "{who}’s referral is withdrawn."],
  "refer.sent": ["{who} 的转诊已发出。", "{who}’s referral is sent."],
  "refer.placing": ["为 {who} 约时间", "A time for {who}"],
  "refer.this-time": ["为 {who} 约：{when}，{what}", "{who}: {when}, {what}"],
  "refer.answering": ["把 {who} 转回 {where}，作为对原转诊的答复。", "Sends {who} back to {where}, in answer to their referral."],
  "refer.any-department": ["不指定", "Any"],
};

/** "zh" or "en", as the page says. */
export function language() {
  return globalThis.document?.documentElement.lang.startsWith("en") ? "en" : "zh";
}

/** The words under `key`, with `{places}` filled. An unknown key is a mistake of ours and throws. */
export function say(key, values = {}) {
  if (!(key in WORDS)) throw new RangeError(`no words for ${key}`);
  const text = WORDS[key][language() === "en" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

export function knows(key) {
  return key in WORDS;
}

/** What happened, for the person in front of the page. */
export function trouble(error) {
  if (error?.name === "Offline") return say("trouble.offline");
  if (!error?.title) return say("trouble.broken");
  const wait = error.retryAfter ? say("trouble.wait", { seconds: error.retryAfter }) : "";
  const stop = language() === "en" ? ". " : "。";
  return [error.title, error.detail, wait].filter(Boolean).join(stop);
}

/** A moment as people say it: "今天 14:30", "周四 09:10", "3月2日周一 09:10". `at` and `now` in seconds. */
export function spokenTime(at, now) {
  const clock = format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const days = dayNumber(at) - dayNumber(now);
  const near = { "-1": "time.yesterday", 0: "time.today", 1: "time.tomorrow" }[days];
  if (near) return `${say(near)} ${clock}`;
  const weekday = format(at, { weekday: language() === "en" ? "long" : "short" });
  if (days > 1 && days < 7) return `${weekday} ${clock}`;
  const date = format(at, { month: "long", day: "numeric" });
  const year = format(at, { year: "numeric" }) === format(now, { year: "numeric" }) ? "" : format(at, { year: "numeric" });
  const parts = language() === "en" ? [weekday, date, year, clock] : [year, date, weekday, clock];
  return parts.filter(Boolean).join(" ");
}

/** Only the clock, for a bar that has no room. */
export function clockTime(at) {
  return format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** How long, in the largest unit that says enough. */
export function spokenAge(seconds) {
  if (seconds < 120) return say("age.seconds", { n: Math.round(seconds) });
  if (seconds < 7200) return say("age.minutes", { n: Math.round(seconds / 60) });
  if (seconds < 48 * 3600) return say("age.hours", { n: Math.round(seconds / 3600) });
  return say("age.days", { n: Math.round(seconds / 86400) });
}

/** The tab's title in the language of the page, which may have been kept offline in the other one. */
export function retitle() {
  const title = document.querySelector("title");
  const text = title?.dataset[language()];
  if (text) document.title = text;
}

function format(at, options) {
  const zone = globalThis.document?.documentElement.dataset.zone ?? "Asia/Shanghai";
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "zh-CN", { timeZone: zone, ...options }).format(at * 1000);
}

function dayNumber(at) {
  const zone = globalThis.document?.documentElement.dataset.zone ?? "Asia/Shanghai";
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(at * 1000);
  return Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000);
}
