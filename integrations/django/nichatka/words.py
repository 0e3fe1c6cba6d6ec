"""What people read who put Nichatka in and keep it: Russian where the project's language is Russian, else English."""

from django.utils.translation import get_language

WORDS = {
    "url": (
        "NICHATKA_URL must be the address of Nichatka, e.g. https://messages.example/nichatka/ or /nichatka/.",
        "В NICHATKA_URL нужен адрес Ничатки, например https://messages.example/nichatka/ или /nichatka/.",
    ),
    "host": (
        "NICHATKA_HOST must be the name under which the service knows this system: a-z 0-9 -, a letter first.",
        "В NICHATKA_HOST нужно имя, под которым служба знает эту систему: a-z 0-9 -, сначала буква.",
    ),
    "host_hint": (
        "It is the name given to “veche nichatka host add”.",
        "Это имя, с которым выполнена команда «veche nichatka host add».",
    ),
    "key": (
        "NICHATKA_KEY is no key: {reason}.",
        "В NICHATKA_KEY не ключ: {reason}.",
    ),
    "key_missing": (
        "Neither NICHATKA_KEY nor NICHATKA_KEY_FILE is set; one of them holds the key that “veche "
        "nichatka host add” printed.",
        "Не заданы ни NICHATKA_KEY, ни NICHATKA_KEY_FILE: в одном из них нужен ключ, который "
        "напечатала команда «veche nichatka host add».",
    ),
    "key_twice": (
        "Both NICHATKA_KEY and NICHATKA_KEY_FILE are set: keep one.",
        "Заданы и NICHATKA_KEY, и NICHATKA_KEY_FILE: оставьте что-то одно.",
    ),
    "key_file": (
        "The file named by NICHATKA_KEY_FILE cannot be read: {reason}.",
        "Файл из NICHATKA_KEY_FILE не читается: {reason}.",
    ),
    "nickname": (
        "NICHATKA_NICKNAME must be the dotted path of a function that takes a user and returns the "
        "nickname: {reason}.",
        "В NICHATKA_NICKNAME нужен путь через точки до функции, которая по пользователю даёт ник: {reason}.",
    ),
    "seconds": (
        "NICHATKA_TOKEN_SECONDS must be a whole number from 1 to 900.",
        "В NICHATKA_TOKEN_SECONDS нужно целое число от 1 до 900.",
    ),
    "token_url": (
        "The address of the token view is not in the URLs of this project.",
        "В адресах проекта нет адреса, по которому страница получает токен.",
    ),
    "token_url_hint": (
        "Add path('nichatka/', include('nichatka.urls')) to urlpatterns.",
        "Добавьте path('nichatka/', include('nichatka.urls')) в urlpatterns.",
    ),
    "request_missing": (
        "No template engine has the context processor “request”, by which the tags know who is signed in.",
        "Ни у одного движка шаблонов нет обработчика контекста «request», по которому теги узнают, кто вошёл.",
    ),
    "request_missing_hint": (
        "Add 'django.template.context_processors.request' to TEMPLATES.",
        "Добавьте 'django.template.context_processors.request' в TEMPLATES.",
    ),
    "plain_http": (
        "NICHATKA_URL is http:, so that others on the way can read tokens and messages.",
        "В NICHATKA_URL указан http: токены и сообщения по пути может прочитать посторонний.",
    ),
    "users_help": (
        "Tells Nichatka the nicknames of all active users, so that the list of recipients is whole "
        "from the start.",
        "Сообщает Ничатке ники всех действующих пользователей, чтобы список адресатов был полон с "
        "самого начала.",
    ),
    "dry_run_help": (
        "only say what would be sent",
        "только показать, что было бы отправлено",
    ),
    "url_help": (
        "Nichatka's address as this machine reaches it; NICHATKA_URL by default",
        "адрес Ничатки, каким он виден с этой машины; по умолчанию NICHATKA_URL",
    ),
    "url_needed": (
        "NICHATKA_URL is a path here. Say how this machine reaches Nichatka: --url "
        "https://messages.example/nichatka/",
        "NICHATKA_URL здесь — путь. Укажите, как Ничатка видна с этой машины: --url "
        "https://messages.example/nichatka/",
    ),
    "users_sent": ("Nicknames sent: {count}.", "Отправлено ников: {count}."),
    "users_would_send": ("Nicknames that would be sent: {count}.", "Было бы отправлено ников: {count}."),
    "user_passed_over": (
        "The user with the key {key} is passed over: {reason}.",
        "Пользователь с ключом {key} пропущен: {reason}.",
    ),
    "unreachable": (
        "Nichatka does not answer: {reason}. Nicknames sent before: {count}. Run the command again "
        "later: naming a user twice changes nothing.",
        "Ничатка не отвечает: {reason}. До этого отправлено ников: {count}. Повторите команду позже: "
        "второй раз ничего не изменит.",
    ),
    "refused": (
        "Nichatka refused: {status} {code}. Check NICHATKA_URL, NICHATKA_HOST, the key and the clock. "
        "Nicknames sent before: {count}.",
        "Ничатка отказала: {status} {code}. Проверьте NICHATKA_URL, NICHATKA_HOST, ключ и часы. До "
        "этого отправлено ников: {count}.",
    ),
}


def say(name: str, **values: object) -> str:
    english, russian = WORDS[name]
    is_russian = (get_language() or "").lower().startswith("ru")
    return (russian if is_russian else english).format(**values)
