/* A TLS server with mbed TLS 2.28 and its defaults, one client after the other. Arguments: port, certificate file, key file. */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    mbedtls_net_context listener, net;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config conf;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context drbg;
    mbedtls_x509_crt chain;
    mbedtls_pk_context key;
    unsigned char request[512];
    int r;

    if (argc < 4)
        return 2;
    mbedtls_net_init(&listener);
    mbedtls_net_init(&net);
    mbedtls_ssl_init(&ssl);
    mbedtls_ssl_config_init(&conf);
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&drbg);
    mbedtls_x509_crt_init(&chain);
    mbedtls_pk_init(&key);
    if ((r = mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0)) ||
        (r = mbedtls_x509_crt_parse_file(&chain, argv[2])) ||
        (r = mbedtls_pk_parse_keyfile(&key, argv[3], NULL)) ||
        (r = mbedtls_ssl_config_defaults(&conf, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT)) ||
        (r = mbedtls_ssl_conf_own_cert(&conf, &chain, &key)) ||
        (r = mbedtls_net_bind(&listener, "127.0.0.1", argv[1], MBEDTLS_NET_PROTO_TCP)))
        return printf("setup -0x%x\n", -r), 2;
    mbedtls_ssl_conf_rng(&conf, mbedtls_ctr_drbg_random, &drbg);
    if ((r = mbedtls_ssl_setup(&ssl, &conf)))
        return printf("setup -0x%x\n", -r), 2;
    for (;;) {
        if ((r = mbedtls_net_accept(&listener, &net, NULL, 0, NULL)))
            return printf("accept -0x%x\n", -r), 1;
        mbedtls_ssl_session_reset(&ssl);
        mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
        if ((r = mbedtls_ssl_handshake(&ssl)))
            printf("handshake -0x%x\n", -r);
        else
            while (mbedtls_ssl_read(&ssl, request, sizeof request) > 0)
                ;
        mbedtls_net_free(&net);
    }
}
