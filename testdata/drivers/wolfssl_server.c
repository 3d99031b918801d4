/* A TLS server with wolfSSL, one client after the other. Arguments: port, certificate file, key file, file with the
   Diffie-Hellman parameters, without which wolfSSL serves no TLS_DHE. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    char request[512];
    int one = 1, listener, fd;

    if (argc < 5)
        return 2;
    wolfSSL_Init();
    WOLFSSL_CTX *ctx = wolfSSL_CTX_new(wolfSSLv23_server_method());
    if (ctx == NULL || wolfSSL_CTX_use_certificate_chain_file(ctx, argv[2]) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_use_PrivateKey_file(ctx, argv[3], WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_SetTmpDH_file(ctx, argv[4], WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS)
        return printf("setup\n"), 2;
    at.sin_port = htons(atoi(argv[1]));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(listener, 10) != 0)
        return perror("listen"), 2;
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        WOLFSSL *ssl = wolfSSL_new(ctx);
        wolfSSL_set_fd(ssl, fd);
        if (wolfSSL_accept(ssl) != WOLFSSL_SUCCESS)
            printf("handshake %d\n", wolfSSL_get_error(ssl, 0));
        else
            while (wolfSSL_read(ssl, request, sizeof request) > 0)
                ;
        wolfSSL_free(ssl);
        close(fd);
    }
    return 1;
}
