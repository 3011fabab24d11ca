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

  // appointments
  "when.in": ["{age}后", "in {age}"],
  "when.soon": ["马上", "in a moment"],
  "when.little": ["不到 2 分钟", "less than 2 minutes"],
  "when.begun": ["已经开始", "it has begun"],
  "next.none": ["暂时没有安排。", "Nothing is planned."],
  "next.arrived": ["已签到，您的号是 {number}", "Checked in; your number is {number}"],
  "next.kept": ["有号为您留到 {until}，请确认", "A place is kept until {until}; confirm it"],
  "next.booked": ["{when}，有预约", "Appointment {when}"],
  "appointment.clinic": ["门诊", "Clinic"],
  "appointment.number": ["{number} 号", "Number {number}"],
  "state.booked": ["已约好", "Booked"],
  "state.proposed": ["留着，还没有确认", "Kept, not yet confirmed"],
  "state.offered": ["有号了，请您决定", "A place for you; please decide"],
  "state.waitlist": ["候补中", "Waiting for a place"],
  "state.arrived": ["已签到", "Checked in"],
  "state.fulfilled": ["已就诊", "Seen"],
  "state.cancelled": ["已取消", "Cancelled"],
  "state.noshow": ["没有到", "Not attended"],
  "appointment.kept": ["为您留到 {until}，还有 {left}。", "Kept for you until {until}; {left} left."],
  "appointment.let-go": ["留的时间到了，号已让给别人。", "The time is over; the place went to somebody else."],
  "appointment.waits": ["有人让出号，会为您留 30 分钟，在这里确认。", "When somebody gives a place up, it is kept for you for 30 minutes, to be confirmed here."],
  "appointment.come": ["到了以后，在服务台出示就医码签到。", "When you are there, show your code at the desk to check in."],
  "appointment.take": ["要这个号", "Take this place"],
  "appointment.decline": ["不要", "No, thank you"],
  "appointment.move": ["改时间", "Another time"],
  "appointment.cancel": ["取消预约", "Cancel"],
  "appointment.stop-waiting": ["不再候补", "Wait no more"],
  "appointment.calendar": ["放进日历", "Into the calendar"],
  "appointment.taken": ["约好了：{what}", "Booked: {what}"],
  "appointment.gone": ["已取消：{what}", "Cancelled: {what}"],
  "sure.cancel": ["取消这个预约吗？", "Cancel this appointment?"],
  "sure.cancel.what": ["{what}。取消以后，号会让给别人，不能恢复。", "{what}. The place then goes to somebody else and cannot be had back."],
  "sure.cancel.yes": ["取消预约", "Cancel the appointment"],
  "sure.decline": ["不要这个号吗？", "Let this place go?"],
  "sure.decline.what": ["{what}。号会让给别人，也不再为您候补。", "{what}. It goes to somebody else, and you no longer wait for one."],
  "sure.decline.yes": ["不要了", "Let it go"],
  "sure.stop": ["不再候补吗？", "Wait no more?"],
  "sure.stop.what": ["{what}。以后再候补，要从头排。", "{what}. Whoever waits again begins at the end."],
  "sure.stop.yes": ["不再候补", "Wait no more"],
  "sure.revoke": ["停用这个订阅链接吗？", "Stop this link?"],
  "sure.revoke.what": ["用它的日历不再更新。", "Calendars that use it are no longer kept up."],
  "sure.revoke.yes": ["停用链接", "Stop the link"],
  "deed.lost": ["回答没有收到，不知道办成了没有。等网络好了再按一次，不会办两次。", "The answer was lost, so nobody knows whether it was done. Press again when there is network; it is never done twice."],

  "ticket.number": ["{number} 号", "Number {number}"],
  "ticket.ahead": ["前面还有 {count} 位", "{count} before you"],
  "ticket.first": ["下一位就是您", "You are the next"],
  "ticket.about": ["大约 {when}", "about {when}"],
  "ticket.called": ["请到 {place}", "Please go to {place}"],
  "ticket.skipped": ["刚才叫过您的号。请到 {place} 告诉工作人员。", "Your number was called. Please tell the staff at {place}."],
  "ticket.where": ["在 {place} 附近等候，会叫您的号。", "Wait near {place}; your number is called."],
  "ticket.old": ["这是 {when} 的情况，现在没有网络。", "As it was at {when}; there is no network now."],

  "referral.up": ["转到上级医院", "To a higher hospital"],
  "referral.down": ["转回社区", "Back to the community"],
  "referral.across": ["转到别的机构", "To another institution"],
  "referral.requested": ["等对方答复", "waiting for their answer"],
  "referral.accepted": ["对方已接收，正在安排时间", "accepted; a time is being found"],
  "referral.booked": ["已约好时间", "a time is booked"],
  "referral.completed": ["已完成", "completed"],
  "referral.rejected": ["对方没有接收", "not accepted"],
  "referral.cancelled": ["已撤回", "withdrawn"],
  "referral.unattended": ["没有到", "not attended"],
  "referral.why-not": ["原因：{reason}", "Why: {reason}"],

  "feed.since": ["{when} 取的链接", "A link of {when}"],
  "feed.one": ["订阅链接", "A link"],
  "feed.revoke": ["停用", "Stop it"],
  "feed.revoked": ["链接已停用。", "The link was stopped."],
  "feed.copied": ["已复制。到日历里选“添加订阅日历”。", "Copied. Choose “subscribe to a calendar” in your calendar."],
  "feed.copy-yourself": ["请长按上面的链接复制。", "Press the link above for a while and copy it."],

  // booking
  "kind.hospital": ["医院", "Hospital"],
  "kind.health-centre": ["社区卫生服务中心、卫生院", "Health centre"],
  "kind.station": ["卫生站", "Health station"],
  "clinic.clinic": ["普通", "General"],
  "clinic.expert": ["专家", "Expert"],
  "clinic.team": ["多学科", "Team"],
  "clinic.virtual": ["网上就诊", "Online visit"],
  "clinic.home-visit": ["上门", "Home visit"],
  "weekday.mon": ["周一", "Mon"],
  "weekday.tue": ["周二", "Tue"],
  "weekday.wed": ["周三", "Wed"],
  "weekday.thu": ["周四", "Thu"],
  "weekday.fri": ["周五", "Fri"],
  "weekday.sat": ["周六", "Sat"],
  "weekday.sun": ["周日", "Sun"],
  "weekday.daily": ["每天", "every day"],
  "weekday.workdays": ["周一至周五", "Monday to Friday"],
  "where.all": ["全部", "All"],
  "where.looking": ["正在查找……", "Looking …"],
  "where.found": ["找到 {count} 家", "{count} found"],
  "where.none": ["没有找到。换个说法再找。", "Nothing was found. Write it another way."],
  "where.no-place": ["不知道您在哪里。请允许使用位置，或按名称查找。", "Your place is not known. Allow it, or search by name."],
  "where.metres": ["{n} 米", "{n} m"],
  "where.kilometres": ["{n} 公里", "{n} km"],
  "book.change": ["换", "Change"],
  "book.free": ["余 {count}", "{count} free"],
  "book.full": ["满", "full"],
  "book.later": ["未放号", "not yet"],
  "book.morning": ["上午", "Morning"],
  "book.afternoon": ["下午", "Afternoon"],
  "book.opens": ["这天的号 {when} 放出，到时候再来看。", "Places for this day open {when}. Come back then."],
  "book.is-full": ["这天已经约满。", "This day is full."],
  "book.wait-means": ["可以候补：有人让出号，按先后轮到您，为您留 30 分钟，由您决定要不要。", "You can wait for a place: when somebody gives one up and it is your turn, it is kept for you for 30 minutes, and you decide."],
  "book.wait": ["候补这一天", "Wait for a place that day"],
  "book.another-day": ["请选别的日子。", "Choose another day."],
  "book.now": ["现在的时间", "your time now"],
  "book.check": ["请核对", "Is this right?"],
  "book.for": ["为谁", "For"],
  "book.where": ["哪里", "Where"],
  "book.what": ["门诊", "Clinic"],
  "book.when": ["时间", "When"],
  "book.before": ["原来", "Before"],
  "book.instead": ["改到", "Instead"],
  "book.yes": ["预约", "Book it"],
  "book.yes-for": ["为 {name} 预约", "Book it for {name}"],
  "book.yes-move": ["改到这个时间", "Move it to this time"],
  "book.hint": ["不能来时请取消，号会让给别人。", "If you cannot come, cancel it; somebody else gets the place."],
  "book.hint-move": ["约到新的时间，原来的号才会让出。", "The old place goes only when the new one is yours."],
  "book.done": ["约好了", "It is booked"],
  "book.done-hint": ["到了以后，出示就医码签到。", "When you are there, show the code to check in."],
  "book.moved": ["时间改好了", "It is moved"],
  "book.waiting": ["已经候补", "You are waiting for a place"],
  "book.waiting-hint": ["轮到时会为您留 30 分钟，请在“我的预约”里决定。", "When it is your turn, the place is kept for 30 minutes; decide under “My appointments”."],
  "book.moving": ["给 {name} 改时间：{what}", "Another time for {name}: {what}"],
  "book.cannot-move": ["这个预约已经不能改时间。", "This appointment can no longer be moved."],
  "book.taken": ["这个时间刚刚被约走。同一天还有：", "This time was just taken. Still free on that day:"],
  "book.taken-full": ["这个时间刚刚被约走，这天也约满了。", "This time was just taken, and the day is full."],
  "book.free-again": ["这天又有号了，请选时间。", "There are places again on that day; choose a time."],
  "book.not-open": ["这个号 {when} 放出，到时候再来。", "This place opens {when}. Come back then."],
  "book.closed": ["最近有三次约了没有到。{when} 以前网上不能约，服务台照常可以约。", "Three appointments were not attended lately. Until {when} booking online is closed; the desk still books for you."],
  "book.prove": ["专家号要先核验身份。带证件到任何一家的服务台办一次就行。", "An expert’s place needs a proved identity. Bring your document to any desk once."],
  "book.too-many": ["还没有就诊的预约已经有五个。取消一个，或等看完一个再约。", "There are five open appointments. Cancel one, or book after one is over."],
  "book.already": ["这天这个门诊已经有预约或候补。", "There is already an appointment or a waiting in this clinic that day."],
  "book.overlap": ["这个时间和另一个预约冲突。请选别的时间，或先改那一个。", "There is another appointment at that time. Choose another time, or move that one first."],
  "book.mine": ["看我的预约", "See my appointments"],

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
  "agenda.arrived": ["已签到，{n} 号", "checked in, number {n}"],
  "agenda.number": ["您的号：{n}", "Your number: {n}"],
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
  "wall.opening": ["正在连接", "Connecting"],
  "wall.silent": ["还没有连上", "Not connected yet"],
  "wall.now": ["请就诊", "Now calling"],
  "wall.before": ["断线前最后叫到", "Last called before the line went"],
  "wall.old": ["{since}，号码可能已经变了，请听工作人员叫号。", "{since}. The numbers may have changed; listen to the staff."],
  "wall.next": ["接下来 {numbers}", "Next {numbers}"],
  "wall.waiting": ["{count} 人候诊", "{count} waiting"],
  "wall.nobody": ["没有人候诊", "nobody waiting"],
  "wall.all": ["全部", "all"],
  "wall.sound": ["声音已开", "Sound is on"],
  "wall.mute": ["没有声音，点这里打开", "No sound; press here"],

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
  "book.for-them": ["{who}：{when}，{what}，{where}", "{who}: {when}, {what}, {where}"],
  "book.move-to": ["{who} 改到：{when}，{what}，{where}", "{who} moves to: {when}, {what}, {where}"],
  "book.do": ["预约", "Book it"],
  "book.do-move": ["改到这个时间", "Move it here"],
  "book.booked": ["已为 {who} 预约：{when}，{what}，{where}。", "Booked for {who}: {when}, {what}, {where}."],
  "book.added": ["已为 {who} 加号：{when}，{what}，{where}。", "A place was added for {who}: {when}, {what}, {where}."],
  "book.moved-them": ["{who} 的预约已改到：{when}，{what}，{where}。", "Moved for {who}: {when}, {what}, {where}."],
  "book.waiting-them": ["{who} 已候补：{day}，{what}，{where}。有号会保留半小时，请对方留意短信。", "{who} waits for {day}, {what}, {where}. A place that comes free is kept for half an hour; they get a message."],
  "book.moving-them": ["正在改期：{what}。请选新的时间；选到之前，原来的号还在。", "Moving {what}. Choose another time; the old place stays until you have one."],
  "theirs.confirm": ["确认", "Confirm"],
  "theirs.move": ["改期", "Move"],
  "theirs.print": ["打印小票", "Print"],
  "theirs.cancel": ["取消预约", "Cancel"],
  "theirs.ask": ["要取消 {what} 吗？号会让给别人，不能撤回。", "Cancel {what}? The place goes to somebody else and cannot be taken back."],
  "theirs.sure": ["取消这个预约", "Cancel it"],
  "theirs.keep": ["保留", "Keep it"],
  "state.offered-until": ["有号了，为对方留到 {when}", "A place is kept until {when}"],
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
