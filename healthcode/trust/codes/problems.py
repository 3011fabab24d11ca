"""What can go wrong with a code, as the person at the scanner meets it. Each says what to do next."""

from healthcode.core.problems import Problem
from healthcode.core.words import Words


class CodeUnreadable(Problem):
    """What was scanned or typed is not a code of this format. Ask to show it again, larger and brighter, or type the
    twenty digits."""

    status = 422
    title = Words(zh="无法识别，请重新出示", en="It cannot be read; ask them to show it again")


class CodeNotOurs(Problem):
    """A code of another system or another city, or one that this city's keys did not sign."""

    status = 422
    title = Words(zh="这不是本市的健康服务码", en="This is not a code of this city")


class CodeNotReady(Problem):
    """The code's moment is still to come: the phone's clock runs ahead. Let the phone set its time by itself."""

    status = 409
    title = Words(zh="手机时间不准，请校准后重新出示", en="The phone's clock is wrong; set it and show again")


class CodeExpired(Problem):
    """The code is older than a minute: a picture, or a screen that was not refreshed. Ask to open the code again."""

    status = 409
    title = Words(zh="码已过期，请重新打开", en="The code is too old; ask them to open it again")


class CodeAlreadyUsed(Problem):
    """This very showing was taken before. Ask to open the code again: it makes a new one every 15 seconds."""

    status = 409
    title = Words(zh="此码已被使用，请刷新后再出示", en="This showing was used already; ask for a fresh one")


class CodeRevoked(Problem):
    """The code was stopped: a lost phone, a returned card, an ended grant. Ask for a document, and help to get a new
    one. It says nothing about the person."""

    status = 409
    title = Words(zh="此码已停用，请出示证件", en="This code was stopped; ask for a document")


class CodeNeedsSecondCheck(Problem):
    """A printed card can be copied: it counts only together with a document or a face. Look, then say which."""

    status = 409
    title = Words(zh="请核对证件或本人后确认", en="Check a document or the face, then confirm")


class SecondCheckFailed(Problem):
    """The document that was typed does not belong to the card's holder."""

    status = 409
    title = Words(zh="证件与卡片不符", en="The document does not fit the card")


class TooManyWrongTries(Problem):
    """Too many wrong digits, second checks, or documents that nobody holds. Wait as long as Retry-After says; the camera
    still works."""

    status = 429
    title = Words(zh="错误次数过多，请稍后再试", en="Too many wrong tries; wait a little")


class ChallengeMismatch(Problem):
    """The code answers another station's request, or none. Show the station's request again and let the phone answer
    that one."""

    status = 409
    title = Words(zh="此码不是对本站请求的答复", en="This does not answer this station's request")


class ChallengeNeeded(Problem):
    """Handing over medicine, releasing records and paying need a code that was signed for this station: show the
    station's request first."""

    status = 409
    title = Words(zh="此步骤需要本站专用码", en="This step needs a code made for this station")


class TooManyCodes(Problem):
    """More codes than one person can use are alive already. Wait until some have ended."""

    status = 409
    title = Words(zh="有效的码过多，请稍后再试", en="Too many codes are alive already")


class CodeBlocked(Problem):
    """The codes of this resident are blocked because one was reported lost or stolen. A desk lifts the block, and it
    can be appealed here."""

    status = 409
    title = Words(
        zh="因挂失已停用，可在服务台恢复或申诉", en="Blocked because it was reported lost; a desk can lift it"
    )


class KeyNotUsable(Problem):
    """The phone's public key is not a P-256 key, or was used before. Make a new one."""

    status = 422
    title = Words(zh="手机密钥不可用", en="The phone's key cannot be used")


class AlreadySpent(Problem):
    """This verification was already used for this purpose. Ask for the code again."""

    status = 409
    title = Words(zh="此次核验已用于该事项", en="This verification was already used for that")


class VerificationEnded(Problem):
    """The verification is older than it may be. Ask for the code again."""

    status = 409
    title = Words(zh="核验已过时，请重新扫码", en="The verification is over; scan again")


class BatchDamaged(Problem):
    """The batch does not hold what it claims: its count or its hash differs. Nothing of it was taken; send it again."""

    status = 422
    title = Words(zh="批次不完整，请重新发送", en="The batch is not whole; send it again")


class BatchOutOfOrder(Problem):
    """Batches are numbered from 1 without gaps. `expected` is the number that is next."""

    status = 409
    title = Words(zh="批次顺序不对", en="The batch is out of order")


class DeviceForked(Problem):
    """Two different batches carry the same number: two devices share one key. The key was stopped; enrol anew."""

    status = 409
    title = Words(zh="设备密钥被复制，已停用", en="The device's key was copied; it was stopped")


class NobodyFound(Problem):
    """No resident holds this document. Check the number, or register them."""

    status = 404
    title = Words(zh="没有找到此证件的居民", en="Nobody holds this document")


class ConfirmedByTheSame(Problem):
    """A block takes two people: whoever proposed it cannot confirm it."""

    status = 409
    title = Words(zh="须由另一位工作人员确认", en="Somebody else has to confirm it")
