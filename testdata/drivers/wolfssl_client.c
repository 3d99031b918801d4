/* One TLS connection with wolfSSL, which verifies once it is asked to, and its defaults. Arguments: address, port, server
   name, CA file. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    const char *request = "GET / HTTP/1.0\r\n\r\n";
    char answer[512];
    int fd;

    if (argc < 5)
        return 2;
    wolfSSL_Init();
    WOLFSSL_CTX *ctx = wolfSSL_CTX_new(wolfSSLv23_client_method());
    if (ctx == NULL || wolfSSL_CTX_load_verify_locations(ctx, argv[4], NULL) != WOLFSSL_SUCCESS)
        return 2;
    wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_PEER, NULL);
    to.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        return 2;
    WOLFSSL *ssl = wolfSSL_new(ctx);
    wolfSSL_check_domain_name(ssl, argv[3]);
    wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, argv[3], strlen(argv[3]));
    wolfSSL_set_fd(ssl, fd);
    if (wolfSSL_connect(ssl) != WOLFSSL_SUCCESS)
        return printf("handshake %d\n", wolfSSL_get_error(ssl, 0)), 1;
    wolfSSL_write(ssl, request, strlen(request));
    wolfSSL_read(ssl, answer, sizeof answer);
    wolfSSL_shutdown(ssl);
    close(fd);
    return 0;
}
