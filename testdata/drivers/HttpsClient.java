import java.io.FileInputStream;
import java.net.URL;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Opens a URL so many times with Java's default settings; the CA in a PEM file is trusted. Arguments: URL, file, count. */
public class HttpsClient {
    public static void main(String[] args) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (FileInputStream in = new FileInputStream(args[1])) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            HttpsURLConnection c = (HttpsURLConnection) new URL(args[0]).openConnection();
            c.setSSLSocketFactory(context.getSocketFactory());
            c.setRequestProperty("Connection", "close");
            c.setReadTimeout(10000);
            try {
                System.out.println(c.getResponseCode());
                c.getInputStream().readAllBytes();
            } catch (Exception e) {
                System.out.println(e);
            }
        }
    }
}
