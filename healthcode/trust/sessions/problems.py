"""What can go wrong when signing in."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class OneTimePasswordWrong(Problem):
    """The one-time password is wrong, older than five minutes, used, replaced by a newer one, or was tried five times;
    which of these is not told. Ask for a new one."""

    status = 401
    title = Words(zh="验证码不正确或已失效", en="This one-time password is not right, or no longer")


class SignInWrong(Problem):
    """Username, password and code do not open anything together; which of them is wrong is not told."""

    status = 401
    title = Words(zh="用户名、密码或动态码不正确", en="Username, password or code is not right")


class TooManyTries(Problem):
    """Too many wrong tries for this account from here, or for it at all in this hour. Each further wrong try doubles
    the wait. A device on which you signed in before is not affected by what others try."""

    status = 429
    title = Words(zh="尝试次数过多，请稍候再试", en="Too many tries; wait a little")


class TooManyMessages(Problem):
    """One-time passwords were asked for too often for this phone, or from here. Wait as long as Retry-After says."""

    status = 429
    title = Words(zh="验证码请求过于频繁，请稍候", en="One-time passwords were asked for too often; wait a little")


class MessagesPaused(Problem):
    """No text messages are sent for now: none can be sent here, the provider does not take them, or today's budget is
    spent. Who is signed in stays so; a desk or the hotline helps everybody else."""

    status = 503
    title = Words(
        zh="暂时无法发送短信，请到服务台或拨打热线", en="No text messages for now; a desk or the hotline can help"
    )


class InstitutionToChoose(Problem):
    """You work at several institutions. Sign in again (the same code is still good) with `institution_id`, one of
    `institution_ids`."""

    status = 409
    title = Words(zh="请选择本次登录的机构", en="Choose the institution you sign in for")


class AssertionRefused(Problem):
    """The client assertion (RFC 7523) does not open a session: not this device's signature, used before, over, meant
    for somebody else, or the device is not enrolled; which of these is not told."""

    status = 401
    title = Words(zh="设备凭据无效", en="The device's assertion is not accepted")


class ReportsNotYetOpen(Problem):
    """This device is new. Reports open here a day after it first signed in, or when another device of yours confirms it.
    `opens_at` says when."""

    status = 403
    title = Words(
        zh="新设备需等待 24 小时或由其他设备确认后才能查看报告",
        en="Reports open on a new device after a day, or when confirmed",
    )
