module sendback/clients/go

go 1.21

require github.com/larksuite/oapi-sdk-go/v3 v3.5.3
