package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// sqlclientLocalPhases are the sentences Snix_* in SqlClient's other languages. Japanese stands in three forms: as the
// resource has it, as .NET Framework has it, and as machine-translated articles quote it.
var sqlclientLocalPhases = slices.Concat(
	local("", sqlClient(fact.InPrelogin),
		"ログイン前のハンドシェイク中にエラー", "ログイン前ハンドシェイク中にエラー", "ログイン前のハンドシェイクでエラー", "プレログインハンドシェイク中にエラー",
		"während des Handshakes vor der Anmeldung", "pendant la négociation préalable à l'ouverture de session",
		"lors de l'établissement d'une liaison préalable à la connexion", "при подтверждении перед входом возникла ошибка",
		"在登录前握手期间发生了错误", "在登入前交握期間發生錯誤", "podczas uzgadniania przed zalogowaniem",
		"durante el inicio de sesión previo del protocolo de enlace",
		"durante l'handshake pre-login", "durante o handshake de pré-logon",
		"в процессе подтверждения, предшествующего входу",
		"在登录前的握手期间发生错误", "在登入前的信號交換時發生錯誤", "사전 로그인 핸드셰이크 중에 오류",
		"podczas uzgadniania przed logowaniem", "při vyjednávání metodou handshake před přihlašováním", "oturum açma öncesi el sıkışması sırasında"),
	local("", sqlClient(fact.InLogin),
		"正常に確立しましたが、ログイン中にエラー", "ログインプロセス中にエラーが発生", "ログインプロセスでエラーが発生", "ログイン処理中にエラーが発生",
		"während des Anmeldevorgangs trat ein Fehler auf", "während des Anmeldevorgangs ein Fehler",
		"pendant le processus d'ouverture de session", "pendant le processus de connexion",
		"se ha producido un error durante el proceso de inicio de sesión", "si è verificato un errore durante la procedura di login",
		"ocorreu um erro durante o processo de logon",
		"успешно установлено, но затем произошла ошибка при входе", "但是在登录过程中发生错误", "但在登入程序時發生錯誤", "在登入過程中發生錯誤", "但在登入流程期間發生錯誤",
		"연결했지만 로그인하는 동안 오류", "로그인 프로세스 중에 오류가 발생", "wystąpił błąd podczas procesu logowania", "došlo k chybě během přihlašování",
		"sonra oturum açma işlemi sırasında hata"),
	local(fact.CannotConnect, sqlClient(),
		"ネットワーク関連またはインスタンス固有のエラー", "Netzwerkbezogener oder instanzspezifischer Fehler",
		"erreur liée au réseau ou spécifique à l'instance", "Error relacionado con la red o específico de la instancia",
		"errore di rete o specifico dell'istanza", "Erro de rede ou específico à instância",
		"ошибка, связанная с сетью или с определенным экземпляром", "与网络相关的或特定于实例的错误", "網路相關或執行個體特定的錯誤",
		"네트워크 관련 또는 인스턴스 관련 오류", "błąd związany z siecią lub wystąpieniem", "k chybě související se sítí nebo s instancí",
		"ağla ilgili veya örneğe özel bir hata"),
	local(fact.AcceptThenClosed, sqlClient(fact.InPrelogin),
		"ログイン前の接続初期化処理中にエラー", "während der Verbindungsinitialisierung vor der Anmeldung ein Fehler",
		"erreur lors du processus d'initialisation de la connexion", "error durante el proceso de inicialización de la conexión antes del inicio de sesión",
		"durante il processo di inizializzazione della connessione prima dell'accesso",
		"erro durante o processo de inicialização da conexão antes do logon", "в процессе инициализации соединения перед входом",
		"在登录前连接初始化进程中发生错误", "在登入前的連線初始化期間發生錯誤", "로그인하기 전에 연결을 초기화하는 동안 오류",
		"podczas procesu inicjalizacji połączenia przed zalogowaniem", "během inicializace připojení před přihlášením",
		"oturum açmadan önce bağlantı başlatma işlemi sırasında"),
	local("", sqlClient(fact.InUse),
		"トランスポートレベルのエラーが発生しました", "Fehler auf Übertragungsebene beim", "erreur de niveau transport s'est produite lors",
		"Error en el nivel de transporte al", "Error en el nivel del transporte al", "errore a livello di trasporto", "erro no nível de transporte",
		"Ошибка на транспортном уровне", "发生传输级错误", "發生傳輸層級的錯誤", "전송 수준 오류가 발생", "błąd poziomu transportu",
		"došlo k chybě na úrovni přenosu", "aktarım düzeyi hatası oluştu"),
)
